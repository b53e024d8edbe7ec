// The colours of a map, by day and by night.

import { useColorScheme, useTheme } from '@mui/material/styles'
// For `theme.colorSchemes`.
import type {} from '@mui/material/themeCssVarsAugmentation'
import { useMemo } from 'react'
import type { Letter } from './states.ts'

export interface Colours {
  readonly ground: string
  readonly text: string
  readonly quiet: string
  readonly states: Readonly<Record<Letter, string>>
}

/** What a canvas needs as values, where everything else can name CSS variables. */
export function useColours(): Colours {
  const theme = useTheme()
  const { colorScheme = 'light' } = useColorScheme()
  return useMemo(() => {
    const { palette } = theme.colorSchemes[colorScheme] ?? theme
    return {
      ground: palette.background.paper,
      text: palette.text.primary,
      quiet: palette.text.secondary,
      states: {
        f: palette.error.main,
        c: palette.warning.main,
        r: palette.info.main,
        q: palette.text.secondary,
        w: palette.success.main,
        h: palette.success.main,
        '.': palette.text.secondary,
      },
    }
  }, [theme, colorScheme])
}
