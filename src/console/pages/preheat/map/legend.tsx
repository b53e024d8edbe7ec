// What the signs of a map mean, and how many tasks have each.

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { signOf } from './signs.ts'
import { letters, words, type Counts, type Letter } from './states.ts'

const inks = {
  f: 'error.main',
  c: 'warning.main',
  r: 'info.main',
  q: 'text.secondary',
  w: 'success.main',
  h: 'success.main',
  '.': 'text.secondary',
} as const satisfies Record<Letter, string>

const side = 14

/** One state's sign, for beside its word. */
export const Sign = ({ letter }: { readonly letter: Letter }) => (
  <Box component="svg" aria-hidden viewBox={`0 0 ${side} ${side}`} sx={{ width: side, height: side, flex: 'none' }}>
    {signOf(letter, { width: side, height: side }).map(({ path, tone }) => (
      <Box
        key={path}
        component="path"
        d={path}
        sx={{
          color: tone === 'ground' ? 'background.paper' : inks[letter],
          fill: 'currentColor',
          opacity: tone === 'faint' ? 0.22 : 1,
        }}
      />
    ))}
  </Box>
)

/** States that no task is in are left out, but for those that one looks for. */
export const Legend = ({ counts }: { readonly counts: Counts }) => (
  <Box component="ul" aria-label="Tasks by state" sx={list}>
    {letters
      .filter((letter) => counts[letter] > 0 || letter === 'f' || letter === 'w')
      .map((letter) => (
        <Box component="li" key={letter} sx={{ display: 'flex', alignItems: 'center', gap: 0.75 }}>
          <Sign letter={letter} />
          <Typography variant="body2">
            {words[letter]} <strong>{counts[letter].toLocaleString('en')}</strong>
          </Typography>
        </Box>
      ))}
  </Box>
)

const list = { display: 'flex', flexWrap: 'wrap', columnGap: 2.5, rowGap: 0.5, listStyle: 'none', m: 0, p: 0 }
