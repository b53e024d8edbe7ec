// The door: who calls, and whether they may.

import type { Request, RequestHandler, Response } from 'express'
import { Passport } from 'passport'
import { Strategy as BearerStrategy } from 'passport-http-bearer'
import { Failure } from '../../model/failure.ts'
import type { TokenUse } from '../../model/ports.ts'
import { mayDo, type Permission, type Principal } from '../../model/principal.ts'
import type { Caller, Contract, Route } from './route.ts'
import { useOf } from './token-use.ts'

/** undefined: no such token. */
export type Identifies = (token: string, use: TokenUse) => Promise<Principal | undefined>
type Admit = (contract: Contract, route: Route) => RequestHandler

const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/**
 * Makes the handler that lets a call in, with its principal in `res.locals`, or refuses it. `onRefused` hears of every
 * token that was refused, and throws where there were too many: a right token is let in all the same, since behind one
 * address, such as a proxy's, there may be many clients.
 */
export function makeAdmit(identifies: Identifies, onRefused: (req: Request, res: Response) => Promise<void>): Admit {
  return (contract, route) => {
    const passport = passportOf(identifies, contract, route)
    return async (req, res, next) => {
      const query = queryOf(req)
      if (query !== '' && new URLSearchParams(query).has('access_token')) {
        throw new Failure('auth.missing', 'A token in the address is refused, since addresses are logged on their way.')
      }
      const guest = req.headers.authorization === undefined ? guestOf(contract, route, callerOf(req)) : undefined
      if (guest !== undefined) {
        res.locals['principal'] = guest
        next()
        return
      }
      const principal = await bearer(passport, req, res).catch(async (error: unknown) => {
        if (error instanceof Failure && req.headers.authorization !== undefined) await onRefused(req, res)
        throw error
      })
      refuseUnlessMay(principal, route)
      res.locals['principal'] = principal
      next()
    }
  }
}

function refuseUnlessMay(principal: Principal, { may }: Route): void {
  if (may === 'anyone' || may === 'holder' || mayDo(principal, may)) return
  throw new Failure('auth.denied', `The token "${principal.name}" does not have the permission ${may}.`)
}

/** One for each route, since a token's use is noted with what it was used for. */
function passportOf(identifies: Identifies, contract: Contract, route: Route): InstanceType<typeof Passport> {
  const verify = (req: Request, token: string, done: (error: unknown, principal?: Principal | false) => void) => {
    identifies(token, useOf(contract, route, req.headers['user-agent'], token)).then(
      (principal) => done(null, principal ?? false),
      (error: unknown) => done(error),
    )
  }
  const passport = new Passport()
  passport.use(new BearerStrategy({ passReqToCallback: true }, verify))
  return passport
}

/** Who comes without a token: null where anyone may, undefined where it takes one. */
function guestOf(contract: Contract, { may }: Route, caller: Caller): Principal | null | undefined {
  if (may === 'anyone') return null
  return may !== 'holder' && contract.trusts?.(caller) === true ? trusted(may) : undefined
}

const trusted = (may: Permission): Principal => ({
  tokenId: null,
  name: 'trusted',
  userId: 0,
  permissions: [may],
  expiresAtMs: null,
})

const callerOf = (req: Request): Caller => ({
  address: req.socket.remoteAddress ?? '',
  proxied: proxyHeaders.some((name) => req.headers[name] !== undefined),
})

export const queryOf = (req: Request): string => {
  const cut = req.url.indexOf('?')
  return cut === -1 ? '' : req.url.slice(cut + 1)
}

function bearer(passport: InstanceType<typeof Passport>, req: Request, res: Response): Promise<Principal> {
  return new Promise((resolve, reject) => {
    const decide = (error: unknown, principal: Principal | false | null | undefined): void => {
      if (error !== null && error !== undefined) reject(error)
      else if (principal) resolve(principal)
      else if (req.headers.authorization === undefined) {
        reject(new Failure('auth.missing', 'This call needs a token, and none came with it.'))
      } else reject(new Failure('auth.missing', 'The token is not known here, has expired or was revoked.'))
    }
    passport.authenticate('bearer', { session: false }, decide)(req, res, reject)
  })
}
