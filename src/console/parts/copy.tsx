// Text that people take elsewhere: shown as it is, copied with one press.

import CopyIcon from '@mui/icons-material/ContentCopy'
import Box from '@mui/material/Box'
import IconButton from '@mui/material/IconButton'
import Tooltip from '@mui/material/Tooltip'
import { useTell } from '../app/notices.tsx'
import { monospace } from '../app/theme.ts'

interface CopyProps {
  /** What it is, in the accessible name of the button: "Copy the token". */
  readonly what: string
  readonly text: string
}

export function CopyButton({ what, text }: CopyProps) {
  const tell = useTell()
  const label = `Copy ${what}`
  return (
    <Tooltip title={label}>
      <IconButton
        size="small"
        aria-label={label}
        onClick={({ currentTarget }) => {
          copy(text, currentTarget).then(
            () => tell({ text: 'Copied.' }),
            () => tell({ text: 'The browser did not let it be copied; select it by hand.', kind: 'error' }),
          )
        }}
      >
        <CopyIcon fontSize="small" />
      </IconButton>
    </Tooltip>
  )
}

/** A block of text in the form in which it is to be typed, with a button that copies it. */
export const Copyable = ({ what, text }: CopyProps) => (
  <Box sx={{ display: 'flex', alignItems: 'flex-start', bgcolor: 'action.hover', borderRadius: 1 }}>
    <Box
      component="section"
      tabIndex={0}
      aria-label={what}
      sx={{
        flex: 1,
        minWidth: 0,
        p: 1.5,
        overflowX: 'auto',
        whiteSpace: 'pre',
        fontFamily: monospace,
        fontSize: '0.85rem',
      }}
    >
      {text}
    </Box>
    <CopyButton what={what} text={text} />
  </Box>
)

/**
 * Pages that come by plain HTTP from another machine have no clipboard of their own. What is selected in its stead has to
 * stand beside the button: a dialog takes the focus back from all that is outside of it.
 */
async function copy(text: string, button: HTMLElement): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  button.after(field)
  field.select()
  const done = document.execCommand('copy')
  field.remove()
  button.focus()
  if (!done) throw new Error('not copied')
}
