// Short sentences about what was just done, for eyes and for screen readers.

import Alert from '@mui/material/Alert'
import Snackbar from '@mui/material/Snackbar'
import { createContext, use, useCallback, useState, type ReactNode } from 'react'

interface Notice {
  readonly text: string
  readonly kind?: 'success' | 'error'
}

type Tell = (notice: Notice) => void

const NoticeContext = createContext<Tell>(() => {})

/** Shows a notice in the place of the one before; an error stays until then, or until it is closed. */
export const useTell = (): Tell => use(NoticeContext)

interface Told extends Notice {
  /** Tells it from the one before, whose time to be read is another one. */
  readonly number: number
  readonly isOpen: boolean
}

export function Notices({ children }: { readonly children: ReactNode }) {
  const [told, setTold] = useState<Told>({ text: '', number: 0, isOpen: false })
  const tell = useCallback<Tell>(
    (notice) => setTold(({ number }) => ({ ...notice, number: number + 1, isOpen: true })),
    [],
  )
  // The text stays while it fades.
  const close = (): void => setTold((now) => ({ ...now, isOpen: false }))
  const { text, kind = 'success', number, isOpen } = told
  return (
    <NoticeContext value={tell}>
      {children}
      <Snackbar
        key={number}
        open={isOpen}
        autoHideDuration={kind === 'error' ? null : 5000}
        onClose={(_event, reason) => reason === 'clickaway' || close()}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
      >
        <Alert severity={kind} variant="outlined" onClose={close} sx={{ bgcolor: 'background.paper' }}>
          {text}
        </Alert>
      </Snackbar>
    </NoticeContext>
  )
}
