import { readFile } from 'node:fs/promises'
import { ticket } from './screens'
import { expect, test } from './test'

test.use({ organiser: true })

test('who comes is found by name and by code, and can be had as a table', async ({ page, world }) => {
  const event = await world.event()
  await world.book(event.ID, 2, await world.customer('Ada Lovelace'))
  const guest = await world.book(event.ID, 3)
  await page.goto(`/organise/events/${event.ID}/attendees`)
  const rows = page
    .getByRole('table')
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') })
  await expect(rows).toHaveCount(2)
  await expect(page.getByText('5 of 100 booked')).toBeVisible()
  await page.getByRole('searchbox').fill('lovelace')
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('Ada Lovelace')
  await page.getByRole('searchbox').fill(guest.ID.slice(0, 8))
  await expect(rows).toContainText('Guest')
  await expect(rows).toContainText(guest.ID.slice(0, 8).toUpperCase())
  await page.getByRole('searchbox').fill('nobody of this name')
  await expect(page.getByRole('heading', { name: 'No booking matches' })).toBeVisible()

  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as CSV' }).click(),
  ])
  expect(file.suggestedFilename()).toMatch(/\.csv$/)
  const [head, ...lines] = (await readFile(await file.path(), 'utf8')).trim().split(/\r?\n/)
  expect(head).toMatch(/seats/i)
  expect(lines).toHaveLength(2) // all of them, whatever is searched for
  expect(lines.join()).toContain('Ada Lovelace')
})

test('a booking is cancelled for a reason, which its ticket tells', async ({ page, another, world }) => {
  const event = await world.event()
  await world.book(event.ID, 1)
  const guest = await (await another()).newPage()
  await ticket(guest, event)
  await page.goto(`/organise/events/${event.ID}/attendees`)
  const row = page.getByRole('row').filter({ hasText: 'Guest' }).first() // the newest is the first
  const cancel = row.getByRole('button', { name: /^Cancel/ })
  await cancel.click()
  const dialog = page.getByRole('dialog', { name: 'Cancel this booking?' })
  await expect(dialog).toContainText('loses 2 seats')
  await dialog.getByRole('button', { name: 'Cancel the booking' }).click()
  const reason = dialog.getByLabel('Reason')
  await expect(reason).toBeFocused()
  await expect(reason).toHaveAccessibleDescription(/This is needed\./)
  await reason.fill('The gallery is closed that day.')
  await dialog.getByRole('button', { name: 'Cancel the booking' }).click()
  await expect(dialog).toBeHidden()
  await expect(row).toContainText('The gallery is closed that day.')
  await expect(cancel).toHaveCount(0)
  await expect(page.getByText('1 of 100 booked')).toBeVisible()
  expect(await world.sold(event.ID)).toBe(1)
  await guest.reload()
  await expect(guest.getByText('The organiser has cancelled this booking')).toBeVisible()
  await expect(guest.getByText(/The gallery is closed that day\./)).toBeVisible()
})
