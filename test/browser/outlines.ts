import type { Page } from 'playwright-core'

/** How what has the focus is told from the rest, for each thing on a page that takes it by Tab. */
export async function focusOf(page: Page) {
  const found = []
  for (;;) {
    await page.keyboard.press('Tab')
    const each = await page.evaluate(() => {
      const focused = document.activeElement
      if (!focused || focused === document.body || focused.hasAttribute('data-seen')) return undefined
      focused.setAttribute('data-seen', '')
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(focused)
      return { html: focused.outerHTML, outlineStyle, outlineWidth, colors: [outlineColor, groundOf(focused)] }

      function groundOf(element: Element): string {
        const { backgroundColor } = getComputedStyle(element.parentElement ?? document.documentElement)
        if (!element.parentElement) return getComputedStyle(document.documentElement).backgroundColor
        return /, 0\)$/.test(backgroundColor) ? groundOf(element.parentElement) : backgroundColor
      }
    })
    if (!each) return found
    const { html, outlineStyle: style, outlineWidth, colors } = each
    found.push({
      what: html.slice(0, 100),
      style,
      width: Number.parseFloat(outlineWidth),
      contrast: contrastOf(colors),
    })
  }
}

/** How the edges of a page's fields stand out from what is inside them. */
export async function edgesOf(page: Page) {
  const fields = await page.evaluate(() =>
    [...document.querySelectorAll('main :is(input:not([type=hidden]), textarea)')].map((field) => {
      const { borderTopColor, backgroundColor } = getComputedStyle(field)
      return { what: field.id, colors: [borderTopColor, backgroundColor] }
    }),
  )
  return fields.map(({ what, colors }) => ({ what, contrast: contrastOf(colors) }))
}

/** The contrast of two opaque colours, 1 to 21. Source: WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrastOf(colors: string[]): number {
  const [darker, lighter] = colors.map(luminanceOf).sort((one, other) => one - other) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

function luminanceOf(color: string): number {
  const [red, green, blue] = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
    const share = Number(part) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
