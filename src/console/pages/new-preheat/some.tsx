// The first rows of what may be thousands, and the others when they are asked for.

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import { useState, type ReactNode } from 'react'

const first = 20

interface SomeProps<Item> {
  readonly title: string
  readonly items: readonly Item[]
  readonly children: (shown: readonly Item[]) => ReactNode
}

export function Some<Item>({ title, items, children }: SomeProps<Item>) {
  const [isAll, setAll] = useState(false)
  return (
    <Box sx={{ minWidth: 0 }}>
      <Typography variant="h3" sx={{ mb: 0.5 }}>
        {title}
      </Typography>
      <Box component="section" aria-label={title} tabIndex={0} sx={{ overflowX: 'auto' }}>
        {children(isAll ? items : items.slice(0, first))}
      </Box>
      {!isAll && items.length > first && (
        <Button size="small" onClick={() => setAll(true)}>
          Show all {items.length.toLocaleString('en')}
        </Button>
      )}
    </Box>
  )
}
