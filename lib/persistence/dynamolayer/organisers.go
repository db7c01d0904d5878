package dynamolayer

import (
	"context"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"myevents/lib/persistence"
)

// allEvents is the list of the inventories of all events.
const allEvents = "all"

// listEvent puts an inventory into the lists of its organiser's events and of all.
func listEvent(attributes item, e persistence.EventCopy) {
	attributes[attrOrganiser], attributes[attrList] = text(inIndex(e.OrganiserID)), text(allEvents)
	attributes[attrStart] = text(place(e.StartDate, e.ID))
}

// FindBookingsOfEvent implements persistence.OrganiserHandler.
func (s *bookingStore) FindBookingsOfEvent(
	ctx context.Context, event persistence.ID, p persistence.Page,
) ([]persistence.Booking, error) {
	of := []string{inIndex(event)}
	return listed[persistence.Booking](ctx, s.client, list{eventIndex, attrEvent, attrPlace}, of, p)
}

// FindInventories implements persistence.OrganiserHandler.
func (s *bookingStore) FindInventories(
	ctx context.Context, organiser persistence.ID, p persistence.Page,
) ([]persistence.Inventory, error) {
	l, of := list{organiserIndex, attrOrganiser, attrStart}, inIndex(organiser)
	if organiser.IsZero() {
		l, of = list{listIndex, attrList, attrStart}, allEvents
	}
	return listed[persistence.Inventory](ctx, s.client, l, []string{of}, p)
}

// Sales implements persistence.OrganiserHandler. It reads but the index, which has all that is summed up.
func (s *bookingStore) Sales(ctx context.Context, events ...persistence.ID) (sales []persistence.Sale, err error) {
	for _, event := range events {
		found, err := s.client.find(ctx, search{
			index: eventIndex, where: expression.Key(attrEvent).Equal(expression.Value(inIndex(event))),
			attributes: []string{attrPlace, attrAsked, attrSeats},
		})
		if err != nil {
			return nil, err
		}
		if sales, err = addSales(sales, event, found); err != nil {
			return nil, err
		}
	}
	return sales, nil
}

// addSales sums up an event's bookings, which come by date.
func addSales(sales []persistence.Sale, event persistence.ID, bookings []item) ([]persistence.Sale, error) {
	now := persistence.Sale{EventID: event, Start: -1}
	for _, b := range bookings {
		digits, _, _ := strings.Cut(textOf(b, attrPlace), "#")
		date, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return nil, err
		}
		var asked, seats int64
		if err := decode(b[attrAsked], &asked); err != nil {
			return nil, err
		}
		if err := decode(b[attrSeats], &seats); err != nil {
			return nil, err
		}
		if start := date - date%persistence.SalePeriod; start != now.Start {
			now = persistence.Sale{EventID: event, Start: start}
			sales = append(sales, now)
		}
		last := &sales[len(sales)-1]
		last.Bookings++
		last.Asked += asked
		last.Seats += seats
	}
	return sales, nil
}
