import { countScripts } from './scripts'
import { expect, test } from './test'

test('14: the first load of the list takes at most 150 kB of JavaScript, and the console stays empty', async ({
  page,
  world,
}) => {
  const event = await world.event()
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  const scripts = countScripts(page)
  await page.goto('/')
  await page.getByRole('link', { name: event.Name }).waitFor()
  await page.getByText('100 seats left').first().waitFor()
  await page.waitForTimeout(3000) // preloads that were not used are told of after a while
  expect(said).toEqual([])
  const bytes = await scripts()
  expect(bytes).toBeGreaterThan(0)
  expect(bytes).toBeLessThanOrEqual(150_000)
})

test('every page has a title and a description of its own', async ({ page, world }) => {
  const event = await world.event({ name: 'Tidewater' })
  await page.goto('/')
  await expect(page).toHaveTitle('Events · MyEvents')
  await page.goto(`/events/${event.ID}`)
  await expect(page).toHaveTitle('Tidewater · MyEvents')
  await expect(page.locator('meta[name=description]').last()).toHaveAttribute('content', /^Tidewater, /)
})

test('filters are in the address, which can be reloaded and gone back to', async ({ page, world }) => {
  const { Name: name } = await world.event({ name: 'Findable', country: 'Iceland' })
  const { Name: other } = await world.event({ country: 'Norway' })
  await page.goto('/')
  await page.getByRole('searchbox').fill('Findable')
  await page.getByLabel('Place').selectOption('Iceland')
  await expect(page).toHaveURL(/q=Findable&place=Iceland/)
  await expect(page.getByRole('link', { name: other })).toHaveCount(0)
  await page.reload()
  await expect(page.getByRole('searchbox')).toHaveValue('Findable')
  await page.getByRole('link', { name }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.goBack()
  await expect(page.getByRole('searchbox')).toHaveValue('Findable')
  await expect(page.getByRole('link', { name: other })).toHaveCount(0)
})
