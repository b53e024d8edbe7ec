// The steps of a guide, each value as it is to be taken over.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { Copyable } from '../../parts/copy.tsx'
import type { Step, Value } from './step.ts'

/** As wide as there is room: what is longer scrolls inside of it. */
const oneColumn = 'minmax(0, 1fr)'

export const Steps = ({ steps }: { readonly steps: readonly Step[] }) => (
  <Box component="ol" sx={{ m: 0, pl: 3, display: 'grid', gap: 2, gridTemplateColumns: oneColumn }}>
    {steps.map(({ text, values = [], warning }) => (
      <li key={text}>
        <Typography sx={{ overflowWrap: 'anywhere' }}>{text}</Typography>
        {values.length > 0 && (
          <Box sx={{ display: 'grid', gap: 1, mt: 1, gridTemplateColumns: oneColumn }}>
            {values.map((value) => (
              <Line key={value.field} value={value} />
            ))}
          </Box>
        )}
        {warning !== undefined && (
          <Alert severity="warning" sx={{ mt: 1 }}>
            {warning}
          </Alert>
        )}
      </li>
    ))}
  </Box>
)

const Line = ({ value: { field, value, isTyped } }: { readonly value: Value }) => (
  <Box
    sx={{
      display: 'grid',
      columnGap: 2,
      alignItems: 'baseline',
      gridTemplateColumns: { xs: oneColumn, sm: '9rem minmax(0, 1fr)' },
    }}
  >
    <Typography variant="body2" color="textSecondary">
      {field}
    </Typography>
    {isTyped ? (
      <Copyable what={field} text={value} />
    ) : (
      <Typography sx={{ fontWeight: 600, px: 1.5 }}>{value}</Typography>
    )}
  </Box>
)
