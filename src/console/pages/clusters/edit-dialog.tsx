// Changes a cluster, as far as it can be from here.

import { useState } from 'react'
import type { Cluster } from '../../api/types.ts'
import { useTell } from '../../app/notices.tsx'
import { changeOf, formOf, type ClusterForm } from './cluster-form.ts'
import { ClusterDialog } from './cluster-dialog.tsx'
import { useChangeCluster } from './data.ts'

interface EditDialogProps {
  readonly cluster: Cluster
  readonly onClose: () => void
}

export function EditDialog({ cluster, onClose }: EditDialogProps) {
  const change = useChangeCluster(cluster.id)
  const tell = useTell()
  // As it was when the form was opened: only what the person changes is sent.
  const [start] = useState(() => formOf(cluster))
  const save = async (form: ClusterForm): Promise<void> => {
    const { name } = await change.mutateAsync(changeOf(form, start))
    tell({ text: `${name} is changed.` })
    onClose()
  }
  return (
    <ClusterDialog
      title={`Edit ${cluster.name}`}
      verb="Save"
      start={start}
      what={cluster.from_file ? 'from file' : 'kept'}
      onSave={save}
      onClose={onClose}
    />
  )
}
