import type { Context } from 'koa'
import * as z from 'zod'
import { isTextKey, type TextKey } from '../i18n/texts.js'
import type { FormState, ShowForm } from './forms.js'
import { type Access, may } from './middleware/access.js'

/** By the address that a form is sent to, as the router has it: how it is shown, and who may see it. */
export type FormPages = Record<string, { show: ShowForm; permission?: Access }>

/**
 * Shows a form with what was typed into it, and sends it nowhere: in another language, or after signing in again.
 * @returns whether there is such a form
 */
export async function showAgain(ctx: Context, pages: FormPages, form: FormState): Promise<boolean> {
  const address = form.action.replace(/\/\d{1,15}(?=\/|$)/, '/:id')
  const page = Object.hasOwn(pages, address) ? pages[address] : undefined
  if (!page) return false
  const show = () => page.show(ctx, form)
  await (page.permission ? may(page.permission, form.action)(ctx, show) : show())
  return true
}

/** A form's state but for what is typed into it, as its page carries it. Undefined for what no page carries. */
export function parseShown(text: string): Omit<FormState, 'values'> | undefined {
  try {
    return shown.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

const textKey = z.custom<TextKey>(isTextKey)

const shown = z.object({
  action: z.string(),
  problems: z.record(
    z.string().refine((name) => isTextKey(`field.the.${name}`)),
    z.object({
      message: textKey,
      values: z.record(z.string().regex(/^(longest|least|most)$/), z.number()).exactOptional(),
      owner: z.object({ id: z.number(), name: z.string(), archived: z.literal([0, 1]) }).optional(),
    }),
  ),
  notice: textKey.optional(),
  minutes: z.number().optional(),
  hint: textKey.optional(),
})
