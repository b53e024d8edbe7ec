// For which clusters: by their names, or by their ids where the token may not see clusters.

import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'
import { messageOf } from '../../api/failure.ts'
import { useSession } from '../../app/session.tsx'
import { useClusters } from '../../app/use-clusters.ts'
import { ChipsOf } from './chips-of.tsx'
import type { Editing } from './editing.ts'
import { chipsOf } from './form.ts'

const allAreMeant = 'None chosen: all clusters.'

export function ClustersOf({ editing }: { readonly editing: Editing }) {
  const { may } = useSession()
  if (may('cluster:read')) return <ClusterNames editing={editing} />
  const help = `${allAreMeant} Your token may not list clusters, so they are entered by their ids.`
  return <ChipsOf editing={editing} name="clusters" label="Cluster ids" help={help} />
}

function ClusterNames({ editing }: { readonly editing: Editing }) {
  const { data = [], error, isPending } = useClusters()
  const names = new Map(data.map(({ id, name }) => [String(id), name]))
  const fault = editing.faults.get('clusters') ?? (error === null ? undefined : messageOf(error))
  return (
    <Autocomplete
      multiple
      filterSelectedOptions
      disableCloseOnSelect
      size="small"
      loading={isPending}
      options={[...names.keys()]}
      getOptionLabel={(id) => names.get(id) ?? `cluster ${id}`}
      value={[...editing.form.clusters.chosen]}
      onChange={(_event, ids) => editing.edit(['clusters'], () => ({ clusters: chipsOf(ids) }))}
      isOptionEqualToValue={(id, value) => id === value}
      renderInput={(input) => (
        <TextField {...input} label="Clusters" error={fault !== undefined} helperText={fault ?? allAreMeant} />
      )}
    />
  )
}
