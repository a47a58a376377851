import type { Context } from 'koa'
import { Invalid, NotFound } from '../../../errors.js'
import type { Fields } from '../../../input/form-values.js'
import type { Catalogue } from '../../../products/catalogue.js'
import { type ChangeOfProduct, fieldNames, withoutChanges } from '../../../products/changes.js'
import { type Product, type ProductDraft, parseProductId, parseVersion } from '../../../products/product.js'
import type { Accounts } from '../../../users/accounts.js'
import { type FormState, fieldsOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'
import { draftOf, valuesOf } from './fields.js'

/**
 * The form that changes a product. It names the version that its values were typed over; where there is a later one, it is
 * shown again with both changes, and nothing is saved.
 */
export function editPages(catalogue: Catalogue, accounts: Accounts) {
  return {
    async showEdit(ctx: Context) {
      await showEditForm(ctx, newForm(`/products/${ctx.params.id}`))
    },

    async submitEdit(ctx: Context) {
      const change = async () => {
        const [user, fields, id] = [signedInUser(ctx), fieldsOf(ctx), parseProductId(ctx.params.id)]
        if (id === undefined) throw new NotFound()
        const version = parseVersion(fields.version)
        if (version === undefined) throw new Invalid({ version: { message: 'problem.missing' } })
        await catalogue.change(user, { id, version }, draftOf(fields), writeOf(ctx, `user ${user.id}`))
        return `/products/${id}?saved`
      }
      await submit(ctx, change, showEditForm)
    },

    showEditForm,
  }

  async function showEditForm(ctx: Context, form: FormState) {
    const { deadline } = ctx.state
    const product = await productOf(form.action)
    const version = parseVersion(form.values.version) ?? product.version
    // The version that both changes are compared with, for as long as the form goes to and fro.
    const base = Math.min(version, parseVersion(form.values.base) ?? version)
    const history = base < product.version ? await catalogue.changes(product.id, base, deadline) : []
    const typed = { ...valuesOf(product), ...form.values }
    const values = { ...merge(typed, before(product, version, history), product), version: product.version, base }
    const conflict = history.length > 0 && {
      people: await accounts.namesOf(
        history.map(({ changedBy }) => changedBy),
        deadline,
      ),
      fields: compare(typed, before(product, base, history), product),
    }
    const categories = await catalogue.categories(deadline)
    await ctx.page('products/edit', { product, form: { ...form, values }, conflict, categories })

    async function productOf(address: string): Promise<Product> {
      const id = parseProductId(address.split('/').at(-1))
      const product = id === undefined ? undefined : await catalogue.find(id, deadline)
      if (!product) throw new NotFound()
      return product
    }
  }
}

function before(product: Product, version: number, history: ChangeOfProduct[]): ProductDraft {
  return withoutChanges(
    product,
    history.filter((change) => change.version > version),
  )
}

/** What a person typed, but for the fields that only others have changed since. */
function merge(typed: Fields, before: ProductDraft, theirs: ProductDraft): Fields {
  const [old, current] = [valuesOf(before), valuesOf(theirs)]
  const untouched = fieldNames.filter((name) => isSame(typed[name], old[name]))
  return { ...typed, ...Object.fromEntries(untouched.map((name) => [name, current[name]])) }
}

/** The fields that others have changed, with what the person typed instead, if that is neither. */
function compare(typed: Fields, before: ProductDraft, theirs: ProductDraft) {
  const [old, current] = [valuesOf(before), valuesOf(theirs)]
  return fieldNames
    .filter((name) => old[name] !== current[name])
    .map((name) => {
      const own = !isSame(typed[name], old[name]) && !isSame(typed[name], current[name])
      return { name, before: before[name], theirs: theirs[name], yours: own ? typed[name] : undefined }
    })
}

/** Whether a field holds this value, as a browser sends it. */
function isSame(typed: unknown, value: string): boolean {
  return typeof typed === 'string' && typed.replaceAll('\r\n', '\n').trim() === value
}
