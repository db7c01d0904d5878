import path from 'node:path'
import { organisers } from './organise-screens'
import { visitors } from './screens'
import { root } from './system'
import { test } from './test'

// Pictures of all screens, for people to look at: they are not compared with anything.

const folder = path.join(root, 'frontend/test-results/screens')

for (const [whose, screens] of Object.entries({ visitors, organisers })) {
  test.describe(`pictures for ${whose}`, () => {
    test.use({ organiser: whose === 'organisers' })
    for (const [name, open] of Object.entries(screens)) {
      test(name, async ({ page, world }) => {
        await page.setViewportSize({ width: 1440, height: 900 })
        await open(page, world, await world.event())
        for (const width of [390, 768, 1440]) {
          await page.setViewportSize({ width, height: width < 500 ? 844 : 900 })
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme })
            const file = `${name.replace(/\W+/g, '-')}-${width}-${colorScheme}.png`
            const fullPage = !(await page.getByRole('dialog').isVisible()) // which has a window's height
            await page.screenshot({ path: path.join(folder, file), fullPage, animations: 'disabled' })
          }
        }
        await page.unrouteAll({ behavior: 'ignoreErrors' })
      })
    }
  })
}
