// The dialog that makes a token, and shows it this once.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState } from 'react'
import { dataOf } from '../../api/client.ts'
import type { Token } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { Copyable } from '../../parts/copy.tsx'
import { useAction, type Action } from '../../parts/action.ts'
import { emptyDraft, faultsIn, faultsOf, isFaulty, toCreate, type Faults } from './draft.ts'
import { TokenFields } from './fields.tsx'

interface MakeTokenProps {
  readonly onClose: () => void
}

export function MakeToken({ onClose }: MakeTokenProps) {
  const id = useId()
  // Kept here and nowhere else: it is gone when the dialog is.
  const [made, setMade] = useState<Token | undefined>()
  const making = useAction()
  const title = useRef<HTMLHeadingElement>(null)
  // The form had the focus. A button must not get it: a second Enter would press it.
  useEffect(() => {
    if (made !== undefined) title.current?.focus()
  }, [made])
  return (
    <Dialog
      open
      fullWidth
      aria-labelledby={id}
      // A slip must not lose what is shown only once, or is about to be, nor what was typed.
      onClose={(_event, reason) => reason === 'escapeKeyDown' && made === undefined && !making.isBusy && onClose()}
    >
      <DialogTitle id={id} ref={title} tabIndex={-1} sx={{ outline: 'none' }}>
        {made === undefined ? 'Make a token' : `The token "${made.name}" is made`}
      </DialogTitle>
      {made === undefined ? (
        <Form making={making} onMade={setMade} onClose={onClose} />
      ) : (
        <Shown token={made.token} onClose={onClose} />
      )}
    </Dialog>
  )
}

interface FormProps {
  readonly making: Action
  readonly onMade: (token: Token) => void
  readonly onClose: () => void
}

function Form({ making: { isBusy, failure, run }, onMade, onClose }: FormProps) {
  const { api } = useSession()
  const cache = useQueryClient()
  const [draft, setDraft] = useState(emptyDraft)
  const [faults, setFaults] = useState<Faults>({})
  const submit = (event: { preventDefault(): void }): void => {
    event.preventDefault()
    const found = faultsOf(draft, Date.now())
    setFaults(found)
    if (isFaulty(found)) return
    run(async () => {
      const body = toCreate(draft, Date.now())
      onMade(await dataOf(api.POST('/oapi/v1/personal-access-tokens', { body })))
      await cache.invalidateQueries({ queryKey: ['tokens'] })
    })
  }
  return (
    <Box component="form" noValidate onSubmit={submit} sx={{ display: 'contents' }}>
      <DialogContent>
        <TokenFields
          draft={draft}
          faults={failure && !isFaulty(faults) ? faultsIn(failure) : faults}
          onChange={setDraft}
        />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} disabled={isBusy}>
          Cancel
        </Button>
        <Button type="submit" variant="contained" disabled={isBusy}>
          Make it
        </Button>
      </DialogActions>
    </Box>
  )
}

interface ShownProps {
  readonly token: string
  readonly onClose: () => void
}

const Shown = ({ token, onClose }: ShownProps) => (
  <>
    <DialogContent sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Alert severity="warning">Copy it now: it is not shown again. The service itself keeps only its hash.</Alert>
      <Copyable what="the token" text={token} />
    </DialogContent>
    <DialogActions>
      <Button variant="contained" onClick={onClose}>
        I have it
      </Button>
    </DialogActions>
  </>
)
