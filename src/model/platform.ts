// Platforms as images name them, and which of several fits best. The rules are containerd's (package platforms):
// what a node would pull is what is to be made present.

/** Normalised; `variant` is empty where it is the usual one or none. */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant: string
}

const part = /^[A-Za-z0-9_.-]{1,64}$/

/** `os/arch[/variant]`; undefined for anything else. */
export function parsePlatform(text: string): Platform | undefined {
  const [os, architecture, variant, rest] = text.split('/')
  if (os === undefined || architecture === undefined || rest !== undefined) return undefined
  return platformOf({ os, architecture, variant: variant ?? '' }, variant !== undefined)
}

/** What may stand where platforms are asked for: `os/arch[/variant]`, or `all`. */
export const isPlatformWish = (text: string): boolean => text === 'all' || parsePlatform(text) !== undefined

/** From a manifest list or a config; undefined where a part is missing or malformed. */
export function platformOf(
  raw: { readonly os: string; readonly architecture: string; readonly variant: string },
  needsVariant = false,
): Platform | undefined {
  if (!part.test(raw.os) || !part.test(raw.architecture)) return undefined
  if (needsVariant || raw.variant !== '') if (!part.test(raw.variant)) return undefined
  const os = raw.os.toLowerCase()
  return { os: os === 'macos' ? 'darwin' : os, ...normalArchitecture(raw.architecture, raw.variant) }
}

function normalArchitecture(rawArchitecture: string, rawVariant: string): Omit<Platform, 'os'> {
  const architecture = rawArchitecture.toLowerCase()
  const variant = rawVariant.toLowerCase()
  switch (architecture) {
    case 'i386':
      return { architecture: '386', variant: '' }
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return { architecture: 'amd64', variant: variant === 'v1' ? '' : variant }
    case 'aarch64':
    case 'arm64':
      return { architecture: 'arm64', variant: variant === '8' || variant === 'v8' ? '' : variant }
    case 'armhf':
      return { architecture: 'arm', variant: 'v7' }
    case 'armel':
      return { architecture: 'arm', variant: 'v6' }
    case 'arm':
      return { architecture, variant: variant === '' ? 'v7' : variant.replace(/^([5-8])$/, 'v$1') }
    default:
      return { architecture, variant }
  }
}

export const printPlatform = ({ os, architecture, variant }: Platform): string =>
  [os, architecture, ...(variant === '' ? [] : [variant])].join('/')

/** What a node of this platform can run, best first: a newer variant runs the older ones too. */
function variantsFor({ architecture, variant }: Platform): readonly string[] {
  const level = Number(/^v(\d{1,2})$/.exec(variant)?.[1] ?? Number.NaN)
  if (architecture === 'amd64' && level > 1) {
    return [...Array.from({ length: level - 1 }, (_, below) => `v${level - below}`), '']
  }
  if (architecture === 'arm' && level > 5) {
    return Array.from({ length: level - 4 }, (_, below) => `v${level - below}`)
  }
  return [variant]
}

/** 0 is the best; undefined: it does not run there. */
export function matchRank(wanted: Platform, offered: Platform): number | undefined {
  if (wanted.os !== offered.os || wanted.architecture !== offered.architecture) return undefined
  const rank = variantsFor(wanted).indexOf(offered.variant)
  return rank < 0 ? undefined : rank
}

/** The first of the best; undefined where none fits. */
export function bestMatch<T extends { readonly platform: Platform | null }>(
  wanted: Platform,
  offered: readonly T[],
): T | undefined {
  let best: { readonly item: T; readonly rank: number } | undefined
  for (const item of offered) {
    const rank = item.platform === null ? undefined : matchRank(wanted, item.platform)
    if (rank !== undefined && rank < (best?.rank ?? Infinity)) best = { item, rank }
  }
  return best?.item
}
