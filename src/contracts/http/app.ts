// The contracts as one Express application.

import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import helmet from 'helmet'
import { Failure } from '../../model/failure.ts'
import type { Principal } from '../../model/principal.ts'
import { makeAdmit, queryOf, type Identifies } from './authenticate.ts'
import { readBody } from './body.ts'
import { asBearer } from './credential.ts'
import { enter } from './path.ts'
import type { Call, Contract, Route } from './route.ts'
import { send } from './send.ts'
import { fromValidator, validators } from './validate.ts'

export interface AppOptions {
  readonly contracts: readonly Contract[]
  readonly identifies: Identifies
  readonly prefixes: readonly string[]
  /** Hears of what is our own fault. */
  readonly onFault: (where: string, error: unknown) => void
}

export function makeApp(options: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  // TLS is the business of whoever stands before us; a promise of HTTPS for all subdomains is not ours to make.
  app.use(
    helmet({
      strictTransportSecurity: false,
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    }),
  )
  app.use(throughTheDoor(options.prefixes))
  for (const contract of options.contracts) mount(app, contract, options)
  app.use(nothingThere)
  app.use(unreadable)
  return app
}

function throughTheDoor(prefixes: readonly string[]): RequestHandler {
  return (req, _res, next) => {
    const { url, token } = enter(req.url, prefixes)
    req.url = url
    const { authorization } = req.headers
    if (authorization !== undefined) req.headers.authorization = asBearer(authorization)
    else if (token !== undefined) req.headers.authorization = `Bearer ${token}`
    next()
  }
}

function mount(app: Express, contract: Contract, options: AppOptions): void {
  const admit = makeAdmit(options.identifies)
  const checks = contract.document === undefined ? [] : validators(contract.document)
  const refused = refusing(contract, options.onFault)
  for (const route of contract.routes) {
    app[route.method](route.pattern ?? route.path, admit(contract, route), readBody, ...checks, running(route), refused)
  }
  for (const [path, allowed] of methodsByPath(contract.routes)) app.all(path, wrongMethod(allowed), refused)
}

function running(route: Route): RequestHandler {
  return async (req, res) => {
    const gone = new AbortController()
    res.on('close', () => gone.abort())
    await send(res, await route.run(callOf(req, res, gone.signal)), req.method === 'HEAD')
  }
}

function callOf(req: Request, res: Response, signal: AbortSignal): Call {
  const params = Object.entries(req.params).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join('/') : value,
  ])
  return {
    params: Object.fromEntries(params) as Readonly<Record<string, string>>,
    query: new URLSearchParams(queryOf(req)),
    headers: req.headers,
    body: req.body as unknown,
    principal: (res.locals['principal'] as Principal | null | undefined) ?? null,
    method: req.method,
    signal,
  }
}

/** Express knows an error handler by its four parameters. */
function refusing(contract: Contract, onFault: AppOptions['onFault']): ErrorRequestHandler {
  return async (thrown: unknown, req, res, _next) => {
    const error = fromValidator(thrown)
    if (!(error instanceof Failure)) onFault(`${contract.name} ${req.method} ${req.path}`, error)
    if (res.headersSent) {
      res.destroy()
      return
    }
    await send(res, contract.refuse(error, { method: req.method, path: req.path }), req.method === 'HEAD')
  }
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string | RegExp, string> {
  const groups = Map.groupBy(routes, (route) => route.path)
  const rows = [...groups.values()].map((same): [string | RegExp, string] => {
    const methods = same.map((route) => route.method.toUpperCase())
    const withHead = methods.includes('GET') && !methods.includes('HEAD') ? [...methods, 'HEAD'] : methods
    return [same[0]?.pattern ?? same[0]?.path ?? '', withHead.join(', ')]
  })
  return new Map(rows)
}

function wrongMethod(allowed: string): RequestHandler {
  return (req, res) => {
    res.setHeader('Allow', allowed)
    throw new Failure('request.wrong-method', `${req.method} is not served here, only ${allowed}.`)
  }
}

const nothingThere: RequestHandler = (req, res) =>
  send(res, { status: 404, body: { message: `There is nothing at ${req.method} ${req.path}.` } }, req.method === 'HEAD')

/** What no contract could refuse, such as a path that is not percent-encoding. Express would answer it with HTML. */
const unreadable: ErrorRequestHandler = (_error: unknown, req, res, _next) =>
  send(res, { status: 400, body: { message: 'The address cannot be read.' } }, req.method === 'HEAD')
