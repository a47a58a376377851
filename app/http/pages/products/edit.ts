import type { Context } from 'koa'
import type { Deadline } from '../../../database/deadline.js'
import { NotFound } from '../../../errors.js'
import type { Fields } from '../../../input/form-values.js'
import type { Catalogue } from '../../../products/catalogue.js'
import {
  type ChangeOfProduct,
  type FieldName,
  fieldNames,
  isOfFields,
  withoutChanges,
} from '../../../products/changes.js'
import { type Product, parseVersion } from '../../../products/product.js'
import type { Accounts } from '../../../users/accounts.js'
import { GarbledBody } from '../../errors.js'
import { type FormState, fieldsOf, idIn, idOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'
import { seeOther } from '../../navigation.js'
import { changeOf, minimumOf, valuesOf } from './fields.js'

/**
 * The form that changes a product. It names the version that its values were typed over; where there is a later one, it is
 * shown again with both changes, and nothing is saved.
 */
export function editPages(catalogue: Catalogue, accounts: Accounts) {
  return {
    async showEdit(ctx: Context) {
      await showEditForm(ctx, newForm(`/products/${idOf(ctx)}`))
    },

    async submitEdit(ctx: Context) {
      const change = async () => {
        const [user, fields, id] = [signedInUser(ctx), fieldsOf(ctx), idOf(ctx)]
        const version = parseVersion(fields.version ?? taggedVersion(ctx))
        if (version === undefined) throw new GarbledBody('no version, which each form has')
        const write = writeOf(ctx, `user ${user.id}`)
        const changed = await catalogue.change(user, { id, version }, changeOf(fields), write)
        return `/products/${id}${changed ? '?saved' : ''}`
      }
      await submit(ctx, change, showEditForm)
    },

    showEditForm,
  }

  async function showEditForm(ctx: Context, form: FormState) {
    const { deadline } = ctx.state
    const product = await catalogue.find(idIn(form), deadline)
    if (!product) throw new NotFound()
    if (product.archived && ctx.method === 'GET') return seeOther(ctx, `/products/${product.id}`) // which says so
    const version = parseVersion(form.values.version) ?? product.version
    // The version that both changes are compared with, for as long as the form goes to and fro.
    const base = Math.min(version, parseVersion(form.values.base) ?? version)
    const history = base < product.version ? await historySince(product.id, base, deadline) : []
    const typed = { ...valuesOf(product), ...form.values }
    const values = { ...merge(typed, product, version, history), version: product.version, base }
    const conflict = history.length > 0 && {
      people: await accounts.namesOf(
        history.map(({ changedBy }) => changedBy),
        deadline,
      ),
      fields: compare(typed, product, base, history),
    }
    const categories = await catalogue.categories(deadline)
    await ctx.page('products/edit', { product, form: { ...form, values }, conflict, categories })
  }

  async function historySince(id: number, since: number, deadline: Deadline): Promise<ChangeOfProduct[]> {
    return (await catalogue.changes(id, { since, most: mostChanges }, deadline)).filter(isOfFields)
  }
}

/** Changes that a form is compared with. */
const mostChanges = 100

/** The version that a program has from the ETag of the product's page, which nginx makes a weak one where it compresses. */
function taggedVersion(ctx: Context): string | undefined {
  return /^(?:W\/)?"(\d+)"$/.exec(ctx.get('If-Match'))?.[1]
}

/** What a person typed, but for the fields that only others have changed since that version. */
function merge(typed: Fields, product: Product, version: number, history: ChangeOfProduct[]): Fields {
  const [old, saved] = [valuesAt(product, version, history), valuesOf(product)]
  const untouched = fieldNames.filter((name) => isSame(name, typed, old))
  return { ...typed, ...Object.fromEntries(untouched.map((name) => [name, saved[name]])) }
}

/** The fields that were changed since a version, with what the person typed, if that is something else. */
function compare(typed: Fields, product: Product, version: number, history: ChangeOfProduct[]) {
  const [old, saved] = [valuesAt(product, version, history), valuesOf(product)]
  // Of a form that is older than what was read of the history, all that differs is told.
  const isKnown = history.length < mostChanges
  return fieldNames
    .map((name) => {
      const own = !isSame(name, typed, old) && !isSame(name, typed, saved)
      return { name, before: old[name], saved: saved[name], typed: own ? typed[name] : undefined }
    })
    .filter((field) => field.before !== field.saved || (!isKnown && field.typed !== undefined))
}

function valuesAt(product: Product, version: number, history: ChangeOfProduct[]) {
  const later = history.filter((change) => change.version > version)
  return valuesOf(withoutChanges(product, later))
}

/** Whether a field holds one of these values, however a browser sends it and a person writes a number. */
function isSame(name: FieldName, { [name]: typed }: Fields, { [name]: value }: Record<FieldName, string>): boolean {
  if (name === 'minimum') return minimumOf(typed) === Number(value)
  return typeof typed === 'string' && typed.replaceAll('\r\n', '\n').trim() === value
}
