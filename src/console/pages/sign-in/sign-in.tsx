// The page to sign in to: a personal access token, which the tab keeps and nothing else does.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Container from '@mui/material/Container'
import Paper from '@mui/material/Paper'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useEffect, useState } from 'react'
import { DayOrNight } from '../../parts/day-or-night.tsx'

interface SignInProps {
  /** Why somebody who was signed in is no longer; empty otherwise. */
  readonly why: string
  readonly onToken: (token: string) => void
}

export function SignIn({ why, onToken }: SignInProps) {
  const [token, setToken] = useState('')
  useEffect(() => {
    document.title = 'Sign in · Warmfront'
  }, [])
  const submit = (event: { preventDefault(): void }): void => {
    event.preventDefault()
    if (token.trim() !== '') onToken(token.trim())
  }
  return (
    <Container component="main" maxWidth="sm" sx={{ py: 8 }}>
      <Paper component="form" variant="outlined" onSubmit={submit} sx={{ p: 4, display: 'grid', gap: 2 }}>
        <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between' }}>
          <Typography variant="h1">Warmfront</Typography>
          <DayOrNight />
        </Box>
        <Typography color="textSecondary">
          Makes container images and files present on peers before anyone pulls them.
        </Typography>
        {why !== '' && <Alert severity="warning">{why}</Alert>}
        <TextField
          label="Personal access token"
          type="password"
          required
          autoFocus
          autoComplete="off"
          value={token}
          onChange={(event) => setToken(event.target.value)}
          helperText="The first start of the service prints an administrator's token; later ones are made under Tokens. This tab keeps it, and forgets it when it is closed."
        />
        <Button type="submit" variant="contained">
          Sign in
        </Button>
      </Paper>
    </Container>
  )
}
