// How the console looks, by day and by night.

import { createTheme } from '@mui/material/styles'

/** Every pair of text and ground has a contrast of at least 4.5; the test with axe-core holds them to it. */
export const theme = createTheme({
  cssVariables: { colorSchemeSelector: 'data' },
  colorSchemes: {
    light: {
      palette: {
        primary: { main: '#a33b0b' },
        secondary: { main: '#4a5568' },
        success: { main: '#1b7a3d' },
        warning: { main: '#8a5a00' },
        error: { main: '#b3261e' },
        info: { main: '#1f5fa8' },
        background: { default: '#f7f6f4', paper: '#ffffff' },
        text: { primary: '#1d1b19', secondary: '#5b5650' },
      },
    },
    dark: {
      palette: {
        primary: { main: '#ffab7a' },
        secondary: { main: '#b8c0cc' },
        success: { main: '#6fd08c' },
        warning: { main: '#f0b429' },
        error: { main: '#ff8a80' },
        info: { main: '#8ab8f5' },
        background: { default: '#161412', paper: '#211e1b' },
        text: { primary: '#f0ece6', secondary: '#b9b1a8' },
      },
    },
  },
  shape: { borderRadius: 8 },
  typography: {
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
    h1: { fontSize: '1.5rem', fontWeight: 650 },
    h2: { fontSize: '1.15rem', fontWeight: 650 },
    h3: { fontSize: '1rem', fontWeight: 650 },
    button: { textTransform: 'none', fontWeight: 600 },
  },
  components: {
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
    MuiLink: { defaultProps: { underline: 'hover' } },
  },
})

/** For digests, addresses, commands. */
export const monospace = 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, monospace'
