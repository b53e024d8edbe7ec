// Headers that are sent to the registry; values that are credentials are masked.

import AddIcon from '@mui/icons-material/Add'
import CloseIcon from '@mui/icons-material/Close'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import IconButton from '@mui/material/IconButton'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useId } from 'react'
import type { Editing } from './editing.ts'
import { isSecretHeader, nextKey, type HeaderRow } from './form.ts'
import { SecretField } from './text-of.tsx'

export function HeaderRows({ editing: { form, faults, edit } }: { readonly editing: Editing }) {
  const id = useId()
  const add = (): void =>
    edit(['headers'], ({ headers }) => ({ headers: [...headers, { key: nextKey(headers), name: '', value: '' }] }))
  return (
    <Box component="fieldset" aria-labelledby={id} sx={plainGroup}>
      <Box>
        <Typography id={id} variant="h3">
          Headers
        </Typography>
        <Typography variant="body2" color="textSecondary">
          Sent to the origin itself, and nowhere else.
        </Typography>
      </Box>
      {form.headers.map((row, place) => (
        <Row
          key={row.key}
          row={row}
          place={place}
          fault={faults.get(`header.${row.key}`) ?? (place === 0 ? faults.get('headers') : undefined)}
          edit={edit}
        />
      ))}
      <Box>
        <Button size="small" startIcon={<AddIcon />} onClick={add}>
          Add a header
        </Button>
      </Box>
    </Box>
  )
}

const plainGroup = { display: 'grid', gap: 1.5, border: 0, m: 0, p: 0, minWidth: 0 } as const

interface RowProps {
  readonly row: HeaderRow
  readonly place: number
  readonly fault: string | undefined
  readonly edit: Editing['edit']
}

function Row({ row, place, fault, edit }: RowProps) {
  const { key, name, value } = row
  const about = [`header.${key}`, 'headers'] as const
  const change = (next: Partial<HeaderRow>): void =>
    edit(about, ({ headers }) => ({ headers: headers.map((each) => (each.key === key ? { ...each, ...next } : each)) }))
  const remove = (): void => edit(about, ({ headers }) => ({ headers: headers.filter((each) => each.key !== key) }))
  // What is wrong is told where it is to be put right.
  const isAboutName = name.trim() === ''
  return (
    <Box sx={{ display: 'flex', gap: 0.5, alignItems: 'flex-start' }}>
      <Box sx={{ display: 'grid', gap: 1.5, flex: 1, gridTemplateColumns: { xs: '1fr', sm: '1fr 2fr' } }}>
        <TextField
          label={`Name of header ${place + 1}`}
          autoComplete="off"
          value={name}
          onChange={({ target }) => change({ name: target.value })}
          error={isAboutName && fault !== undefined}
          helperText={isAboutName ? fault : undefined}
        />
        <SecretField
          label={`Value of header ${place + 1}`}
          masked={isSecretHeader(name)}
          value={value}
          onValue={(text) => change({ value: text })}
          fault={isAboutName ? undefined : fault}
        />
      </Box>
      <IconButton aria-label={`Remove header ${place + 1}`} onClick={remove}>
        <CloseIcon fontSize="small" />
      </IconButton>
    </Box>
  )
}
