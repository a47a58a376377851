import type { Context } from 'koa'
import { NotFound } from '../../../errors.js'
import { type Categories, parseCategory, parseRenaming } from '../../../products/categories/categories.js'
import { categoryName } from '../../../products/product.js'
import { type FormState, fieldsOf, newForm, type ShowForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'

/** The categories of products: with how many there are of each, added, renamed, made one, and deleted. */
export function categoryPages(categories: Categories) {
  return {
    async showCategories(ctx: Context) {
      await showList(ctx, newForm('/categories'))
    },

    submitCategory: submitting('added', categories.add, showList),
    submitDelete: submitting('deleted', categories.delete, showNotDeleted),

    async showRename(ctx: Context) {
      const { category } = ctx.query
      await showRenameForm(ctx, newForm('/categories/rename', { category, to: category }))
    },

    async submitRename(ctx: Context) {
      const rename = async () => {
        const user = signedInUser(ctx)
        const write = writeOf(ctx, `user ${user.id}`)
        return `/imports/${await categories.rename(user, parseRenaming(fieldsOf(ctx)), write)}`
      }
      await submit(ctx, rename, showRenameForm)
    },

    showList,
    showNotDeleted,
    showRenameForm,
  }

  function submitting(done: 'added' | 'deleted', act: Categories['add'], show: ShowForm) {
    return async (ctx: Context) => {
      const work = async () => {
        const user = signedInUser(ctx)
        await act(user, parseCategory(fieldsOf(ctx)), writeOf(ctx, `user ${user.id}`))
        return `/categories?${done}`
      }
      await submit(ctx, work, show)
    }
  }

  async function showList(ctx: Context, form: FormState) {
    const after = named(ctx.query.after) ?? ''
    const { categories: list, more } = await categories.page(after, ctx.state.deadline)
    const [added, deleted] = ['added' in ctx.query, 'deleted' in ctx.query]
    await ctx.page('categories/index', { form, list, more, after, added, deleted })
  }

  /** What was to be deleted is none to be added. */
  function showNotDeleted(ctx: Context, { notice }: FormState) {
    return showList(ctx, { ...newForm('/categories'), notice: notice ?? 'problem.notPut' })
  }

  async function showRenameForm(ctx: Context, form: FormState) {
    const { deadline } = ctx.state
    const category = await found(form.values.category)
    if (!category) throw new NotFound()
    const isTaken = form.problems.to?.message === 'problem.categoryToMerge'
    await ctx.page('categories/rename', { form, category, other: isTaken ? await found(form.values.to) : undefined })

    async function found(name: unknown) {
      const asked = named(name)
      return asked === undefined ? undefined : categories.find(asked, deadline)
    }
  }
}

/** The name of a category, or undefined where it can be none. */
function named(text: unknown): string | undefined {
  return categoryName.safeParse(text).data
}
