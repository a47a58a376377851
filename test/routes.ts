import { openRoutes, pageRoutes } from '../app/http/pages/routes.js'
import type { Parts } from '../app/parts.js'

/** All routes of the pages, as the router has them: GET /products/:id. */
export function pagesRoutes(): string[] {
  const routes = [openRoutes(false), pageRoutes(anything as unknown as Parts)].flatMap(({ stack: layers }) =>
    layers.flatMap(({ methods, path }) => methods.filter((each) => each !== 'HEAD').map((each) => `${each} ${path}`)),
  )
  return [...new Set(routes)]
}

/** The address of a route, of what there is not. */
export function pathOf(route: string): string {
  return (route.split(' ')[1] as string).replace(':id', '987654321')
}

/** Whatever the pages are made of: only their addresses are asked for. */
const anything: object = new Proxy(() => {}, { get: () => anything, apply: () => anything })
