// The page that a preheat is made on: empty, or filled with what another one was (`?from=7`).

import Alert from '@mui/material/Alert'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import { dataOf } from '../../api/client.ts'
import { useSession } from '../../app/session.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { emptyForm } from './form.ts'
import { fromJob } from './from-job.ts'
import { PreheatFormPage } from './preheat-form.tsx'

export function NewPreheat() {
  const [search] = useSearchParams()
  const from = search.get('from')
  const about = from === null ? undefined : `Copied from preheat ${from}.`
  return (
    <>
      <PageHead title="New preheat" {...(about !== undefined && { about })} />
      {from === null ? (
        <PreheatFormPage key="empty" start={emptyForm} again={[]} />
      ) : (
        <Clone key={from} from={Number(from)} />
      )}
    </>
  )
}

function Clone({ from }: { readonly from: number }) {
  const { api, service } = useSession()
  const original = useQuery({
    // Not kept with what other pages show of it: the form begins with it once and for all.
    queryKey: ['original', from],
    queryFn: ({ signal }) => dataOf(api.GET('/oapi/v1/jobs/{id}', { params: { path: { id: from } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  if (original.data === undefined) return <Waiting error={original.error} onAgain={() => void original.refetch()} />
  if (original.data.type !== 'preheat') {
    return <Alert severity="info">Job {from} is no preheat, and there is nothing in it to copy.</Alert>
  }
  return <PreheatFormPage {...copied(original.data, service.job_timeout)} />
}

function copied(...original: Parameters<typeof fromJob>) {
  const { form, again } = fromJob(...original)
  return { start: form, again }
}
