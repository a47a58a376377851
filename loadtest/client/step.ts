/** One request, and what its answer must be. */
export interface Step {
  /** What reports call it; the same for all products. */
  name: string
  method: 'GET' | 'POST'
  path: string
  form?: Record<string, string>
  /** What is sent as the form's field `file`, instead of others. */
  file?: { name: string; text: string }
  /** What a program sends. */
  json?: object
  headers?: Record<string, string>
  /** Whether it is sent without cookies. */
  anonymous?: boolean
  /** The status of the answer; with any other the step has failed. */
  expect: number
  /** What must stand in the answer's body. */
  contains?: string | undefined
}

export function open(name: string, path: string, contains?: string): Step {
  return { name, method: 'GET', path, expect: 200, contains }
}

/** Sends a form with a file, which the product answers with a redirect. */
export function sendFile(name: string, path: string, file: { name: string; text: string }): Step {
  return { name, method: 'POST', path, file, expect: 303 }
}

/** Sends what a program asks for. */
export function sendJson(name: string, path: string, json: object): Step {
  return { name, method: 'POST', path, json, expect: 200 }
}

/** Sends a form, which the product answers with a redirect. */
export function send(name: string, path: string, form: Record<string, string>, headers = {}): Step {
  return { name, method: 'POST', path, form, headers, expect: 303 }
}
