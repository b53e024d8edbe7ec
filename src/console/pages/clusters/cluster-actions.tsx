// What can be done with a cluster: edit it, delete it.

import Button from '@mui/material/Button'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Cluster } from '../../api/types.ts'
import { messageOf } from '../../api/failure.ts'
import { useTell } from '../../app/notices.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { useDeleteCluster } from './data.ts'
import { EditDialog } from './edit-dialog.tsx'

export function ClusterActions({ cluster }: { readonly cluster: Cluster }) {
  const [isEdited, setEdited] = useState(false)
  return (
    <>
      <Button variant="outlined" onClick={() => setEdited(true)}>
        Edit
      </Button>
      {!cluster.from_file && <Delete cluster={cluster} />}
      {isEdited && <EditDialog cluster={cluster} onClose={() => setEdited(false)} />}
    </>
  )
}

function Delete({ cluster: { id, name } }: { readonly cluster: Cluster }) {
  const [isAsked, setAsked] = useState(false)
  const [, go] = useLocation()
  const tell = useTell()
  const deletion = useDeleteCluster(id)
  const run = (): void => {
    setAsked(false)
    deletion.mutate(undefined, {
      onSuccess: () => {
        tell({ text: `${name} is deleted.` })
        go('/clusters', { replace: true })
      },
      onError: (error) => tell({ text: messageOf(error), kind: 'error' }),
    })
  }
  return (
    <>
      <Button variant="outlined" color="error" loading={deletion.isPending} onClick={() => setAsked(true)}>
        Delete
      </Button>
      <Confirm
        open={isAsked}
        title={`Delete the cluster ${name}?`}
        text="Preheats that want it and have not begun will fail. What its peers hold, they keep."
        verb="Delete"
        onYes={run}
        onNo={() => setAsked(false)}
      />
    </>
  )
}
