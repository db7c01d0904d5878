package backends

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TestDynamoDB kills the server right after it has acknowledged a transaction, and finds it there.
func TestDynamoDB(t *testing.T) {
	d := StartDynamoDB(t)
	UseDynamoDB(t, d.Endpoint)
	settings, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	api := dynamodb.NewFromConfig(settings)
	for _, name := range []string{"a", "b"} {
		item := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: name}}
		put := types.TransactWriteItem{Put: &types.Put{TableName: aws.String(flushTable), Item: item}}
		_, err := api.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{
			TransactItems: []types.TransactWriteItem{put},
		})
		if err != nil {
			t.Fatal(err)
		}
		d.Kill(t)
		if _, err := api.ListTables(t.Context(), nil); err == nil {
			t.Error("after Kill the server is still there")
		}
		d.Restart(t)
		found, err := api.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(flushTable), Key: item})
		if err != nil || found.Item == nil {
			t.Errorf("what was acknowledged is lost, %v", err)
		}
	}
}
