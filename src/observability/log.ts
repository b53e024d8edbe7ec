// The log: one JSON object a line on standard output, nothing secret in it.

import winston from 'winston'
import { redactText } from '../kit/redact.ts'

export interface Log {
  error(message: string, facts?: Facts): void
  warn(message: string, facts?: Facts): void
  info(message: string, facts?: Facts): void
  debug(message: string, facts?: Facts): void
}
type Facts = Readonly<Record<string, unknown>>

/** Whatever is written passes redactText once more: the last line of defence, not the first. */
export function openLog(level: 'error' | 'warn' | 'info' | 'debug'): Log {
  const safe = (_: string, value: unknown): unknown => (typeof value === 'string' ? redactText(value) : value)
  return winston.createLogger({
    level,
    format: winston.format.combine(winston.format.timestamp(), winston.format.json({ replacer: safe })),
    transports: [new winston.transports.Console({ forceConsole: false })],
  })
}
