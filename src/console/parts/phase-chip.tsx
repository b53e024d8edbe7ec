// How a preheat stands, as a word in a colour.

import Chip from '@mui/material/Chip'
import type { Phase } from '../api/types.ts'

const colours = {
  queued: 'default',
  resolving: 'info',
  warming: 'info',
  succeeded: 'success',
  failed: 'error',
  cancelled: 'warning',
} as const satisfies Record<Phase, string>

export const PhaseChip = ({ phase }: { readonly phase: Phase }) => (
  <Chip size="small" variant="outlined" color={colours[phase]} label={phase} />
)
