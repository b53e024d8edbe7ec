// Which peers of a map are shown, in which order, and the way to what failed.

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { orders, type Order, type Wanted } from './order.ts'

interface MapToolsProps {
  readonly wanted: Wanted
  readonly onWanted: (wanted: Wanted) => void
  /** How large the map is. */
  readonly about: string
  /** Absent where nothing that is shown failed. */
  readonly onNextFailed?: () => void
}

export const MapTools = ({ wanted, onWanted, about, onNextFailed }: MapToolsProps) => (
  <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, alignItems: 'center' }}>
    <TextField
      label="Hostname or ip"
      type="search"
      value={wanted.filter}
      onChange={({ target }) => onWanted({ ...wanted, filter: target.value })}
      sx={{ width: { xs: '100%', sm: 220 } }}
    />
    <TextField
      select
      label="Order of peers"
      value={wanted.order}
      onChange={({ target }) => onWanted({ ...wanted, order: asOrder(target.value) })}
      sx={{ width: 150 }}
    >
      {Object.entries(orders).map(([order, name]) => (
        <MenuItem key={order} value={order}>
          {name}
        </MenuItem>
      ))}
    </TextField>
    {onNextFailed && (
      <Button variant="outlined" color="error" onClick={onNextFailed}>
        Next failed
      </Button>
    )}
    <Typography variant="body2" color="textSecondary" sx={{ ml: 'auto' }} aria-live="polite">
      {about}
    </Typography>
  </Box>
)

const asOrder = (text: string): Order => (text === 'failed' || text === 'name' ? text : 'given')
