package dynamolayer

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"myevents/lib/persistence"
)

// list is an index whose items are read page by page, by date and ID.
type list struct{ index, hash, sort string }

// inIndex is an ID in an index, which takes no empty text.
func inIndex(id persistence.ID) string { return hex.EncodeToString(id[:]) }

// place is where something stands in a list. Places sort by date and ID; dates are never negative.
func place(date int64, id persistence.ID) string {
	return fmt.Sprintf("%020d#%s", max(0, date), inIndex(id))
}

// listed reads a page of documents in lists of some names together, the newest first. The index may lag behind; the
// documents are as they are now.
func listed[T any](ctx context.Context, c *client, l list, names []string, p persistence.Page) ([]T, error) {
	if p.Limit <= 0 {
		return nil, nil
	}
	places := make(map[string]string) // of the items by their keys
	for _, name := range names {
		where := expression.Key(l.hash).Equal(expression.Value(name))
		if !p.BeforeID.IsZero() {
			before := expression.Value(place(p.BeforeDate, p.BeforeID))
			where = where.And(expression.Key(l.sort).LessThan(before))
		}
		found, err := c.find(ctx, search{
			index: l.index, where: where, limit: p.Limit, backwards: true, attributes: []string{l.sort},
		})
		if err != nil {
			return nil, err
		}
		for _, i := range found {
			places[key(i)] = textOf(i, l.sort)
		}
	}
	latestFirst := func(a, b string) int { return strings.Compare(places[b], places[a]) }
	keys := slices.SortedFunc(maps.Keys(places), latestFirst)
	found, err := c.getAll(ctx, keys[:min(len(keys), p.Limit)], attrDoc)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b item) int { return latestFirst(key(a), key(b)) })
	return documentsOf[T](found)
}

// textOf gives an attribute that is a text, or "".
func textOf(i item, attribute string) string {
	s, _ := i[attribute].(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}
