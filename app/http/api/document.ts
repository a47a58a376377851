import * as z from 'zod'
import { commonRefusals, type Operation } from './operation.js'
import { apiPrefix } from './paths.js'
import { problem } from './problem.js'

/** The document of the API (OpenAPI 3.1), made from the schemas by which it parses and answers. */
export function documentOf(operations: Operation[], version: string) {
  const named: Record<string, object> = {}
  const refused = contentOf('application/problem+json', schemaOf(problem, 'output'))
  const paths: Record<string, Record<string, object>> = {}
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
      schemas: named,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }

  function described(operation: Operation): object {
    const { method, path, summary, access, status, answer, answersFile, refusals = [] } = operation
    const refusing = [...new Set([...commonRefusals(operation), ...refusals])].sort()
    return {
      operationId: `${method}${path.replace(/[/:-]+(\w)/g, (_, letter) => letter.toUpperCase())}`,
      tags: [path.split('/')[1]],
      summary,
      ...(access !== 'anybody' && { security: [{ bearer: [] }] }),
      ...(access !== 'anybody' && access !== 'signed in' && { description: `Asks for the permission ${access}.` }),
      parameters: parametersOf(operation),
      ...requestBodyOf(operation),
      responses: {
        [status]: {
          description: 'Done',
          ...(answer && contentOf('application/json', schemaOf(answer, 'output'))),
          ...(answersFile && contentOf('text/csv', { type: 'string' })),
        },
        ...Object.fromEntries(refusing.map((each) => [each, { description: 'Refused', ...refused }])),
      },
    }
  }

  function requestBodyOf({ body, takesFile }: Operation): object {
    const properties = { file: { type: 'string', format: 'binary' } }
    const content = body
      ? contentOf('application/json', schemaOf(body, 'input'))
      : takesFile && contentOf('multipart/form-data', { type: 'object', properties, required: ['file'] })
    return content ? { requestBody: { required: true, ...content } } : {}
  }

  function parametersOf({ method, path, query, ifMatch }: Operation): object[] {
    const asked = Object.entries(query?.shape ?? {})
    const id = { type: 'integer', minimum: 1, maximum: 999_999_999_999_999 }
    return [
      ...(path.includes(':id') ? [{ name: 'id', in: 'path', required: true, schema: id }] : []),
      ...asked.map(([name, schema]) => ({ name, in: 'query', schema: schemaOf(schema as z.ZodType, 'input') })),
      ...(method === 'get' ? [] : [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } }]),
      ...(ifMatch ? [{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } }] : []),
    ]
  }

  /** Schemas that have a name are there once. */
  function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
    const json = JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' }))
    const { $schema: _, $defs = {}, ...made } = JSON.parse(json.replaceAll('"#/$defs/', '"#/components/schemas/'))
    Object.assign(named, $defs)
    return made
  }
}

const description = [
  'A write is done once, however often it is sent with the same Idempotency-Key; a second arrival gets the first one’s answer.',
  'Errors are problem details (RFC 9457), in Spanish or English by Accept-Language.',
].join(' ')

function contentOf(type: string, schema: object): object {
  return { content: { [type]: { schema } } }
}
