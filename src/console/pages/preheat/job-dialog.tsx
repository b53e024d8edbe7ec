// The question that stands before something is done to a job: for the list and for the page of one job.

import { messageOf } from '../../api/failure.ts'
import type { Job } from '../../api/types.ts'
import { useTell } from '../../app/notices.tsx'
import { isOpen, subjectOf } from '../../job.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { RetryDialog } from './retry-dialog.tsx'
import { useCancelJob, useDeleteJob } from './use-job-acts.ts'

export interface Asked {
  readonly job: Job
  readonly act: 'cancel' | 'retry' | 'delete'
}

interface JobDialogProps {
  readonly asked: Asked | undefined
  readonly onClose: () => void
  readonly onDeleted?: () => void
}

export function JobDialog({ asked, onClose, onDeleted }: JobDialogProps) {
  const tell = useTell()
  const cancel = useCancelJob()
  const failed = (error: Error): void => tell({ text: messageOf(error), kind: 'error' })
  const deleted = (id: number): void => {
    tell({ text: `Job ${id} is deleted.` })
    onDeleted?.()
  }
  const remove = useDeleteJob({ onSuccess: deleted, onError: failed })
  if (asked === undefined) return null
  const { job, act } = asked
  if (act === 'retry') return <RetryDialog job={job} onClose={onClose} />
  const yes = (): void => {
    onClose()
    if (act === 'cancel') {
      cancel.mutate(job.id, { onSuccess: () => tell({ text: `Job ${job.id} is being cancelled.` }), onError: failed })
    } else {
      remove.mutate(job.id)
    }
  }
  return <Confirm open {...words(job, act)} onYes={yes} onNo={onClose} />
}

function words(job: Job, act: 'cancel' | 'delete') {
  const name = subjectOf(job).name
  if (act === 'cancel') {
    return {
      title: `Cancel job ${job.id}?`,
      text: `What is under way for ${name} is broken off. What is warm stays warm, and a retry goes on from there.`,
      verb: 'Cancel the job',
    }
  }
  return {
    title: `Delete job ${job.id}?`,
    text: `${isOpen(job) ? 'What is under way is broken off, and its' : 'Its'} record and its tasks are gone for good. What peers hold stays.`,
    verb: 'Delete the job',
  }
}
