import * as z from 'zod'
import { commonRefusals, type Operation } from './operation.js'
import { apiPrefix } from './paths.js'
import { problem } from './problem.js'

/** The document of the API (OpenAPI 3.1), made from the schemas by which it parses and answers. */
export function documentOf(operations: Operation[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const path = apiPrefix + operation.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method]: described(operation) }
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Bodega', version, description },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, 'output') },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }
}

const description = [
  'A write is done once, however often it is sent with the same Idempotency-Key; a second arrival gets the first one’s answer.',
  'Errors are problem details (RFC 9457), in Spanish or English by Accept-Language.',
].join(' ')

function described(operation: Operation) {
  const { method, path, summary, access, body, status, answer, refusals = [] } = operation
  const statuses = [...new Set([...commonRefusals(operation), ...refusals])].sort()
  const content = answer && { content: { 'application/json': { schema: schemaOf(answer, 'output') } } }
  return {
    operationId: `${method}${path.replace(/[/:-]+(\w)/g, (_, letter) => letter.toUpperCase())}`,
    tags: [path.split('/')[1]],
    summary,
    ...(access !== 'anybody' && access !== 'signed in' && { description: `Asks for the permission ${access}.` }),
    ...(access !== 'anybody' && { security: [{ bearer: [] }] }),
    parameters: [...path.matchAll(/:(\w+)/g)].map(([, name]) => inPath(name)).concat(parametersOf(operation)),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      [status]: { description: 'Done', ...content },
      ...Object.fromEntries(statuses.map((each) => [each, refused])),
    },
  }
}

const refused = {
  description: 'Refused',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

interface Parameter {
  name: string | undefined
  in: 'path' | 'query' | 'header'
  required: boolean
  schema: object
}

function inPath(name: string | undefined): Parameter {
  return { name, in: 'path', required: true, schema: { type: 'integer', minimum: 1, maximum: 999_999_999_999_999 } }
}

function parametersOf({ method, query, ifMatch }: Operation): Parameter[] {
  const asked = Object.entries(query?.shape ?? {}).map(
    ([name, schema]): Parameter => ({
      name,
      in: 'query',
      required: false,
      schema: schemaOf(schema as z.ZodType, 'input'),
    }),
  )
  const key: Parameter = { name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string' } }
  const version: Parameter = { name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } }
  return [...asked, ...(method === 'get' ? [] : [key]), ...(ifMatch ? [version] : [])]
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, $defs: __, ...made } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' })
  return made
}
