// Light or dark.

import DarkModeIcon from '@mui/icons-material/DarkModeOutlined'
import LightModeIcon from '@mui/icons-material/LightModeOutlined'
import IconButton from '@mui/material/IconButton'
import { useColorScheme } from '@mui/material/styles'
import Tooltip from '@mui/material/Tooltip'
import useMediaQuery from '@mui/material/useMediaQuery'

/** As the system has it until somebody chooses. */
export function DayOrNight() {
  const { mode, setMode } = useColorScheme()
  const systemIsDark = useMediaQuery('(prefers-color-scheme: dark)')
  const isDark = mode === 'dark' || (mode !== 'light' && systemIsDark)
  const label = isDark ? 'Light theme' : 'Dark theme'
  return (
    <Tooltip title={label}>
      <IconButton onClick={() => setMode(isDark ? 'light' : 'dark')} aria-label={label}>
        {isDark ? <LightModeIcon fontSize="small" /> : <DarkModeIcon fontSize="small" />}
      </IconButton>
    </Tooltip>
  )
}
