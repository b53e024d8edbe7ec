// The parts of the form that are always in view.

import FileIcon from '@mui/icons-material/InsertDriveFileOutlined'
import ImageIcon from '@mui/icons-material/LayersOutlined'
import Box from '@mui/material/Box'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import { useSession } from '../../app/session.tsx'
import { Section } from '../../parts/section.tsx'
import { ChipsOf } from './chips-of.tsx'
import { ClustersOf } from './clusters-of.tsx'
import type { Editing } from './editing.ts'
import { SecretField, TextOf } from './text-of.tsx'
import { UrlRows } from './url-rows.tsx'
import { WhichPeers } from './which-peers.tsx'

interface PartProps {
  readonly editing: Editing
}

const rows = { display: 'grid', gap: 2 } as const

export const Information = ({ editing }: PartProps) => (
  <Section title="Information">
    <TextOf editing={editing} name="bio" label="Description" help="A note for people." />
  </Section>
)

export const What = ({ editing }: PartProps) => (
  <Section title="What">
    <Box sx={rows}>
      <ToggleButtonGroup
        exclusive
        size="small"
        color="primary"
        aria-label="What to preheat"
        value={editing.form.type}
        onChange={(_event, type: unknown) => {
          if (type === 'image' || type === 'file') editing.edit(['url', 'urls'], () => ({ type }))
        }}
      >
        <ToggleButton value="image" sx={{ gap: 1, px: 2 }}>
          <ImageIcon fontSize="small" /> Image
        </ToggleButton>
        <ToggleButton value="file" sx={{ gap: 1, px: 2 }}>
          <FileIcon fontSize="small" /> Files
        </ToggleButton>
      </ToggleButtonGroup>
      {editing.form.type === 'image' ? <Image editing={editing} /> : <UrlRows editing={editing} />}
    </Box>
  </Section>
)

const platforms = ['linux/amd64', 'linux/arm64', 'all'] as const

function Image({ editing }: PartProps) {
  const { service } = useSession()
  const usual = service.platforms.length === 0 ? '' : `, otherwise ${service.platforms.join(' and ')}`
  return (
    <>
      <TextOf
        editing={editing}
        name="url"
        label="URL"
        required
        placeholder="registry.example.com/team/app:1.0"
        help="A reference, registry/repository:tag or @digest, or the URL of a manifest."
      />
      <ChipsOf
        editing={editing}
        name="platform"
        label="Platform"
        suggestions={platforms}
        help={`Such as linux/amd64, or all. Empty: what each cluster runs where it says so${usual}.`}
      />
    </>
  )
}

export const Where = ({ editing }: PartProps) => (
  <Section title="Where">
    <Box sx={rows}>
      <ClustersOf editing={editing} />
      <WhichPeers editing={editing} />
    </Box>
  </Section>
)

export const Access = ({ editing }: PartProps) => (
  <Section title="Access">
    <Box sx={{ ...rows, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
      <TextOf editing={editing} name="username" label="User name" help="For the origin, where it asks for one." />
      <SecretField
        label="Password"
        value={editing.form.password}
        onValue={(password) => editing.edit(['password'], () => ({ password }))}
        fault={editing.faults.get('password')}
        help="Never shown again, and wiped when the preheat ends."
      />
    </Box>
  </Section>
)
