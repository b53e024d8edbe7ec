// The addresses of files, one a row; several lines that are pasted become as many rows.

import AddIcon from '@mui/icons-material/Add'
import CloseIcon from '@mui/icons-material/Close'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import IconButton from '@mui/material/IconButton'
import TextField from '@mui/material/TextField'
import { memo, type ClipboardEvent } from 'react'
import type { Editing } from './editing.ts'
import { linesOf, nextKey, pasteInto, type UrlRow } from './form.ts'

export function UrlRows({ editing: { form, faults, edit } }: { readonly editing: Editing }) {
  const isOnly = form.urls.length === 1
  const faultOf = (key: number, place: number): string | undefined =>
    faults.get(`url.${key}`) ?? (place === 0 ? faults.get('urls') : undefined)
  const add = (): void => edit(['urls'], ({ urls }) => ({ urls: [...urls, { key: nextKey(urls), text: '' }] }))
  return (
    <Box component="fieldset" aria-label="URLs" sx={plainGroup}>
      {form.urls.map((row, place) => (
        <Row key={row.key} row={row} place={place} isOnly={isOnly} fault={faultOf(row.key, place)} edit={edit} />
      ))}
      <Box>
        <Button size="small" startIcon={<AddIcon />} onClick={add}>
          Add a URL
        </Button>
      </Box>
    </Box>
  )
}

const plainGroup = { display: 'grid', gap: 1.5, border: 0, m: 0, p: 0, minWidth: 0 } as const

interface RowProps {
  readonly row: UrlRow
  readonly place: number
  readonly isOnly: boolean
  readonly fault: string | undefined
  readonly edit: Editing['edit']
}

/** Remembered: there may be a thousand of them, and only one is typed into. */
const Row = memo(function Row({ row: { key, text }, place, isOnly, fault, edit }: RowProps) {
  const about = [`url.${key}`, 'urls'] as const
  const paste = (event: ClipboardEvent): void => {
    const pasted = event.clipboardData.getData('text')
    if (linesOf(pasted).length < 2) return
    event.preventDefault()
    edit(about, ({ urls }) => ({ urls: pasteInto(urls, key, pasted) }))
  }
  const usual = 'Of http or https. Several lines that are pasted here become as many rows.'
  return (
    <Box sx={{ display: 'flex', gap: 0.5, alignItems: 'flex-start' }}>
      <TextField
        label={`URL ${place + 1}`}
        required={place === 0}
        autoComplete="off"
        value={text}
        onChange={({ target }) =>
          edit(about, ({ urls }) => ({
            urls: urls.map((row) => (row.key === key ? { key, text: target.value } : row)),
          }))
        }
        onPaste={paste}
        error={fault !== undefined}
        helperText={fault ?? (place === 0 ? usual : '')}
      />
      {!isOnly && (
        <IconButton
          aria-label={`Remove URL ${place + 1}`}
          onClick={() => edit(about, ({ urls }) => ({ urls: urls.filter((row) => row.key !== key) }))}
        >
          <CloseIcon fontSize="small" />
        </IconButton>
      )}
    </Box>
  )
})
