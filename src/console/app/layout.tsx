// The frame of every page: where one can go, who is signed in, day or night.

import LogoutIcon from '@mui/icons-material/Logout'
import AppBar from '@mui/material/AppBar'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Container from '@mui/material/Container'
import IconButton from '@mui/material/IconButton'
import Toolbar from '@mui/material/Toolbar'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import { useEffect, useRef, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { DayOrNight } from '../parts/day-or-night.tsx'
import { placesFor } from './places.ts'
import { useSession } from './session.tsx'

export function Layout({ children }: { readonly children: ReactNode }) {
  useBegunAnew()
  return (
    <>
      <Box component="a" href="#content" onClick={skipToContent} sx={skipLink}>
        Skip to content
      </Box>
      <AppBar position="sticky" color="default" variant="outlined" elevation={0} sx={{ borderWidth: '0 0 1px' }}>
        <Toolbar variant="dense" sx={{ flexWrap: 'wrap', columnGap: 1 }}>
          <Typography component="span" sx={{ fontWeight: 700, mr: 1 }}>
            Warmfront
          </Typography>
          <Navigation />
          <Box sx={{ flexGrow: 1 }} />
          <Who />
          <DayOrNight />
        </Toolbar>
      </AppBar>
      <Container component="main" id="content" tabIndex={-1} maxWidth="xl" sx={{ py: 3, outline: 'none' }}>
        {children}
      </Container>
    </>
  )
}

function Navigation() {
  const { may } = useSession()
  const [here] = useLocation()
  return (
    <Box component="nav" aria-label="Pages" sx={{ display: 'flex', flexWrap: 'wrap', order: { xs: 1, sm: 0 } }}>
      {placesFor(may).map(({ path, name }) => {
        const isHere = here === path || here.startsWith(`${path}/`)
        return (
          <Button
            key={path}
            component={Link}
            href={path}
            aria-current={isHere ? 'page' : undefined}
            color={isHere ? 'primary' : 'inherit'}
          >
            {name}
          </Button>
        )
      })}
    </Box>
  )
}

function Who() {
  const { caller, service, signOut } = useSession()
  const sentence = `Signed in with the token "${caller.name}"; Warmfront ${service.version}`
  return (
    <>
      <Tooltip title={sentence}>
        <Typography variant="body2" color="textSecondary" noWrap sx={{ maxWidth: { xs: '8rem', sm: '16rem' } }}>
          {caller.name}
        </Typography>
      </Tooltip>
      <Tooltip title="Sign out">
        <IconButton onClick={signOut} aria-label="Sign out">
          <LogoutIcon fontSize="small" />
        </IconButton>
      </Tooltip>
    </>
  )
}

/** On another page one begins at its top, and a screen reader with it; a browser does that for documents only. */
function useBegunAnew(): void {
  const [path] = useLocation()
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    scrollTo(0, 0)
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [path])
}

/** What stands behind the # of our addresses is a page, so the browser cannot follow this link itself. */
function skipToContent(event: { preventDefault(): void }): void {
  event.preventDefault()
  document.getElementById('content')?.focus()
}

const skipLink = {
  position: 'absolute',
  left: 8,
  top: -48,
  zIndex: 'tooltip',
  p: 1,
  bgcolor: 'background.paper',
  color: 'primary.main',
  '&:focus': { top: 8 },
} as const
