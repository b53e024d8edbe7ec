// Makes a cluster.

import type { Cluster } from '../../api/types.ts'
import { useTell } from '../../app/notices.tsx'
import { creationOf, type ClusterForm } from './cluster-form.ts'
import { ClusterDialog } from './cluster-dialog.tsx'
import { useCreateCluster } from './data.ts'

interface CreateDialogProps {
  readonly start: ClusterForm
  readonly onClose: () => void
  readonly onCreated: (cluster: Cluster) => void
}

export function CreateDialog({ start, onClose, onCreated }: CreateDialogProps) {
  const creation = useCreateCluster()
  const tell = useTell()
  const save = async (form: ClusterForm): Promise<void> => {
    const cluster = await creation.mutateAsync(creationOf(form))
    tell({ text: `${cluster.name} is created.` })
    onCreated(cluster)
  }
  return (
    <ClusterDialog title="Create a cluster" verb="Create" start={start} what="new" onSave={save} onClose={onClose} />
  )
}
