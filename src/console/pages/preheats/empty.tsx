// What the list says while there is nothing in it.

import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import MuiLink from '@mui/material/Link'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { Link } from 'wouter'
import { serviceUrl } from '../../api/client.ts'
import { useSession } from '../../app/session.tsx'
import { Copyable } from '../../parts/copy.tsx'
import { Section } from '../../parts/section.tsx'
import { curlOf } from '../../curl.ts'

const example = curlOf(
  { type: 'preheat', args: { type: 'image', url: 'registry.example.com/library/app:1.0', scope: 'all_peers' } },
  serviceUrl,
)

export function First() {
  const { may } = useSession()
  return (
    <Section title="Nothing has been preheated yet">
      <Stack spacing={2} sx={{ alignItems: 'flex-start', maxWidth: '48rem' }}>
        <Typography>
          A preheat makes an image, or a list of files, present on the peers of your clusters before anyone pulls it. It
          has succeeded when every peer holds every layer, verified.
        </Typography>
        {may('job') && (
          <Button variant="contained" component={Link} href="/preheats/new">
            Preheat an image
          </Button>
        )}
        <Typography>
          A Harbor can ask for preheats by itself:{' '}
          <MuiLink component={Link} href="/connect" underline="always">
            connect it
          </MuiLink>
          . From a shell, with a personal access token in <code>TOKEN</code>:
        </Typography>
        <Stack sx={{ alignSelf: 'stretch' }}>
          <Copyable what="the command" text={example} />
        </Stack>
      </Stack>
    </Section>
  )
}

export const NoMatch = ({ onClear }: { readonly onClear: () => void }) => (
  <Alert
    severity="info"
    action={
      <Button color="inherit" size="small" onClick={onClear}>
        Clear the filters
      </Button>
    }
  >
    No preheat matches these filters.
  </Alert>
)
