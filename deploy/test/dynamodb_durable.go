package backends

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// durable stands before a DynamoDB Local that may be killed. By itself that answers a transaction before it is on the
// disk, and loses the last one when it is killed right then; any other write brings it there. So each transaction is
// followed by one, and only then the answer is given.
type durable struct {
	server *http.Server
	api    *dynamodb.Client
	client *http.Client
}

// flushTable has the writes that follow transactions.
const flushTable = "flushed-by-the-tests"

// listen begins to stand before a server.
func (d *durable) listen(ctx context.Context, address, endpoint string) error {
	target, err := url.Parse(endpoint)
	if err != nil {
		return err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	d.client = &http.Client{Transport: transport}
	d.api = dynamodb.New(dynamodb.Options{
		BaseEndpoint: &endpoint, Region: "test", HTTPClient: d.client, Retryer: aws.NopRetryer{},
		Credentials:                     credentials.NewStaticCredentialsProvider("test", "test", ""),
		DisableValidateResponseChecksum: true,
	})
	if err := d.prepare(ctx); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	d.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: &httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: func(r *http.Response) error {
			if strings.HasSuffix(r.Request.Header.Get("X-Amz-Target"), ".TransactWriteItems") {
				return d.flush(r.Request.Context())
			}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // no answer
	}}
	go func() { _ = d.server.Serve(listener) }()
	return nil
}

func (d *durable) prepare(ctx context.Context) error {
	_, err := d.api.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: aws.String(flushTable), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
	})
	var exists *types.ResourceInUseException
	if errors.As(err, &exists) {
		return nil
	}
	return err
}

func (d *durable) flush(ctx context.Context) error {
	_, err := d.api.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(flushTable), Item: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "x"}},
	})
	return err
}

// close takes no connections any more, and cuts those that there are.
func (d *durable) close() {
	if d == nil || d.server == nil {
		return
	}
	_ = d.server.Close()
	d.client.CloseIdleConnections()
}
