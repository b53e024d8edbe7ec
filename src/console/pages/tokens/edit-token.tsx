// The dialog that changes a token: its note, its scopes, its end.

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import { useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { dataOf } from '../../api/client.ts'
import type { Token } from '../../api/types.ts'
import { useTell } from '../../app/notices.tsx'
import { useSession } from '../../app/session.tsx'
import { useAction } from '../../parts/action.ts'
import { draftOf, faultsIn, faultsOf, isFaulty, toChange, type Faults } from './draft.ts'
import { TokenFields } from './fields.tsx'

interface EditTokenProps {
  readonly token: Token
  readonly onClose: () => void
}

export function EditToken({ token, onClose }: EditTokenProps) {
  const { api, caller } = useSession()
  const cache = useQueryClient()
  const tell = useTell()
  const { isBusy, failure, run } = useAction()
  const [draft, setDraft] = useState(() => draftOf(token))
  const [faults, setFaults] = useState<Faults>({})
  const titleId = useId()
  const { id, name } = token
  const submit = (event: { preventDefault(): void }): void => {
    event.preventDefault()
    const found = faultsOf(draft, Date.now())
    setFaults(found)
    if (isFaulty(found)) return
    run(async () => {
      const body = toChange(draft, token, Date.now())
      await dataOf(api.PATCH('/oapi/v1/personal-access-tokens/{id}', { params: { path: { id } }, body }))
      onClose()
      tell({ text: `The token "${name}" is changed.` })
      await cache.invalidateQueries({ queryKey: ['tokens'] })
      // What one may do oneself may be another now.
      if (caller.token_id === id) await cache.invalidateQueries({ queryKey: ['whoami'] })
    })
  }
  return (
    <Dialog
      open
      fullWidth
      aria-labelledby={titleId}
      onClose={(_event, reason) => reason === 'escapeKeyDown' && onClose()}
    >
      <DialogTitle id={titleId}>Edit the token "{name}"</DialogTitle>
      <Box component="form" noValidate onSubmit={submit} sx={{ display: 'contents' }}>
        <DialogContent>
          <TokenFields
            draft={draft}
            faults={failure && !isFaulty(faults) ? faultsIn(failure) : faults}
            onChange={setDraft}
            endsAt={token.expired_at}
            held={token.scopes}
          />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" disabled={isBusy}>
            Save
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  )
}
