// The note that people put on a job, changed where it stands.

import EditIcon from '@mui/icons-material/EditOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import IconButton from '@mui/material/IconButton'
import TextField from '@mui/material/TextField'
import Tooltip from '@mui/material/Tooltip'
import { useState } from 'react'
import type { Job } from '../../api/types.ts'
import { messageOf } from '../../api/failure.ts'
import { useSession } from '../../app/session.tsx'
import { useNoteJob } from './use-job-acts.ts'

interface NoteProps {
  readonly job: Pick<Job, 'id' | 'bio'>
}

export function Note({ job }: NoteProps) {
  const { may } = useSession()
  const [state, setState] = useState<'untouched' | 'edited' | 'left'>('untouched')
  if (state === 'edited') return <NoteForm job={job} onClose={() => setState('left')} />
  const edit = (): void => setState('edited')
  // Whoever comes back from the form by keyboard goes on from here.
  const autoFocus = state === 'left'
  if (job.bio === '') {
    return may('job') ? (
      <Button size="small" startIcon={<EditIcon />} autoFocus={autoFocus} onClick={edit}>
        Add a note
      </Button>
    ) : null
  }
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5, color: 'text.primary' }}>
      <Box sx={{ minWidth: 0, whiteSpace: 'pre-line' }}>{job.bio}</Box>
      {may('job') && (
        <Tooltip title="Edit the note">
          <IconButton size="small" aria-label="Edit the note" autoFocus={autoFocus} onClick={edit}>
            <EditIcon fontSize="small" />
          </IconButton>
        </Tooltip>
      )}
    </Box>
  )
}

/** As long as the service takes it. */
const longestNote = 1024

function NoteForm({ job, onClose }: NoteProps & { readonly onClose: () => void }) {
  const [bio, setBio] = useState(job.bio)
  const note = useNoteJob()
  const submit = (event: { preventDefault(): void }): void => {
    event.preventDefault()
    note.mutate({ id: job.id, bio }, { onSuccess: onClose })
  }
  return (
    <Box
      component="form"
      onSubmit={submit}
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
      sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'flex-start', gap: 1, mt: 1, maxWidth: '40rem' }}
    >
      <TextField
        label="Note"
        autoFocus
        value={bio}
        onChange={({ target }) => setBio(target.value)}
        error={note.error !== null}
        helperText={note.error !== null && messageOf(note.error)}
        slotProps={{ htmlInput: { maxLength: longestNote } }}
        sx={{ flex: '1 1 14rem' }}
      />
      <Button type="submit" variant="contained" loading={note.isPending}>
        Save
      </Button>
      <Button onClick={onClose}>Leave it</Button>
    </Box>
  )
}
