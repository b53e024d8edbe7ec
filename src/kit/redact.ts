// Texts, headers and addresses made safe to show.

const mask = '***'

/** Header names whose values give power to whoever reads them. */
const tellingHeader = /auth|token|key|secret|cookie|password|credential|signature|session/i

/** Query parameters of signed addresses, and others that carry a credential. Lower case. */
const tellingParameter =
  /^(?:x-(?:amz|goog|obs|cos)-.*(?:signature|credential|token)|signature|sig|ossaccesskeyid|accesskeyid|securitytoken|q-signature|q-ak|awsaccesskeyid|key-pair-id|policy|.*token.*|.*password.*|.*secret.*|api[_-]?key)$/i

/** Credentials inside running text. */
const inText: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${mask}`],
  [/\bwf_[A-Za-z0-9_-]{20,}/g, `wf_${mask}`],
  [/(\/t\/)[^/\s"']{8,}/g, `$1${mask}`],
  [/([a-z][a-z0-9+.-]*:\/\/)[^/\s:@"']*:[^/\s@"']*@/gi, `$1${mask}@`],
  [/([?&][\w-]*(?:signature|sig|credential|token|password|secret|key)[\w-]*=)[^&\s"']+/gi, `$1${mask}`],
]

/** Something in it was masked, so that it is not what it was. */
export const isRedacted = (text: string): boolean => text.includes(mask)

export const redactText = (text: string): string => inText.reduce((safe, [what, by]) => safe.replace(what, by), text)

/** The same headers, with every value that could be a credential masked. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, tellingHeader.test(name) ? mask : redactText(value)]),
  )
}

/** The same address without userinfo, and with the values of signing parameters masked. What is no address is masked. */
export function redactUrl(address: string): string {
  if (!URL.canParse(address)) return mask
  const url = new URL(address)
  url.username = ''
  url.password = ''
  const parameters = [...url.searchParams]
  if (parameters.some(([name]) => tellingParameter.test(name))) {
    const shown = parameters.map(([name, value]) => {
      const safe = tellingParameter.test(name) ? mask : encodeURIComponent(value)
      return `${encodeURIComponent(name)}=${safe}`
    })
    url.search = shown.join('&')
  }
  return url.href
}

/** Without line breaks, control characters and others that could dress up a line. */
export const onOneLine = (text: string): string => text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()

/** Of somebody else's words, enough to understand them. */
const quotedLength = 200

/** Words of a stranger, made safe to repeat: on one line, without credentials and markup, and cut. */
export function quotable(text: string): string {
  const plain = redactText(onOneLine(text)).replaceAll('<', '‹').replaceAll('>', '›')
  return plain.length > quotedLength ? `${plain.slice(0, quotedLength)}…` : plain
}
