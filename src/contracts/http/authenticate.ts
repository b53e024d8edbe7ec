// The door: who calls, and whether they may.

import type { Request, RequestHandler, Response } from 'express'
import { Passport } from 'passport'
import { Strategy as BearerStrategy } from 'passport-http-bearer'
import { Failure } from '../../model/failure.ts'
import { mayDo, type Permission, type Principal } from '../../model/principal.ts'
import type { Caller, Contract, Route } from './route.ts'

/** undefined: no such token. */
export type Identifies = (token: string) => Promise<Principal | undefined>
type Admit = (contract: Contract, route: Route) => RequestHandler

const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/**
 * Makes the handler that lets a call in, with its principal in `res.locals`, or refuses it. `onRefused` hears of every
 * token that was refused, and throws where there were too many: a right token is let in all the same, since behind one
 * address, such as a proxy's, there may be many clients.
 */
export function makeAdmit(identifies: Identifies, onRefused: (req: Request, res: Response) => Promise<void>): Admit {
  const passport = new Passport()
  passport.use(
    new BearerStrategy((token, done) => {
      identifies(token).then(
        (principal) => done(null, principal ?? false),
        (error: unknown) => done(error),
      )
    }),
  )
  return (contract, route) => async (req, res, next) => {
    const query = queryOf(req)
    if (query !== '' && new URLSearchParams(query).has('access_token')) {
      throw new Failure('auth.missing', 'A token in the address is refused, since addresses are logged on their way.')
    }
    if (req.headers.authorization === undefined && letIn(contract, route, callerOf(req))) {
      res.locals['principal'] = route.may === 'anyone' ? null : trusted(route.may)
      next()
      return
    }
    const principal = await bearer(passport, req, res).catch(async (error: unknown) => {
      if (error instanceof Failure && req.headers.authorization !== undefined) await onRefused(req, res)
      throw error
    })
    if (route.may !== 'anyone' && !mayDo(principal, route.may)) {
      throw new Failure('auth.denied', `The token "${principal.name}" does not have the permission ${route.may}.`)
    }
    res.locals['principal'] = principal
    next()
  }
}

const letIn = (contract: Contract, route: Route, caller: Caller): boolean =>
  route.may === 'anyone' || contract.trusts?.(caller) === true

const trusted = (may: Permission): Principal => ({ tokenId: null, name: 'trusted', userId: 0, permissions: [may] })

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
