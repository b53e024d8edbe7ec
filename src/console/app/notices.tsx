// Short sentences about what was just done, for eyes and for screen readers.

import Alert from '@mui/material/Alert'
import Snackbar from '@mui/material/Snackbar'
import { createContext, use, useCallback, useState, type ReactNode } from 'react'

export interface Notice {
  readonly text: string
  readonly kind?: 'success' | 'error'
}

type Tell = (notice: Notice) => void

const NoticeContext = createContext<Tell>(() => {})

/** Shows a notice; errors stay until they are closed. */
export const useTell = (): Tell => use(NoticeContext)

export function Notices({ children }: { readonly children: ReactNode }) {
  const [notice, setNotice] = useState<Notice | undefined>()
  const tell = useCallback<Tell>((next) => setNotice(next), [])
  const close = (): void => setNotice(undefined)
  const kind = notice?.kind ?? 'success'
  return (
    <NoticeContext value={tell}>
      {children}
      <Snackbar
        open={notice !== undefined}
        autoHideDuration={kind === 'error' ? null : 5000}
        onClose={(_event, reason) => reason === 'clickaway' || close()}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
      >
        <Alert severity={kind} variant="outlined" onClose={close} sx={{ bgcolor: 'background.paper' }}>
          {notice?.text}
        </Alert>
      </Snackbar>
    </NoticeContext>
  )
}
