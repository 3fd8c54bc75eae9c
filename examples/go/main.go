// An order service: starts refunds, tells its own from another's, awaits, approves, and reads failures.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"go.temporal.io/api/serviceerror"
)

// Request is the argument of refundOrder, as far as this service needs it.
type Request struct {
	RefundID    string    `json:"refundId"`
	OrderID     string    `json:"orderId"`
	Currency    string    `json:"currency"`
	RequestedBy string    `json:"requestedBy"`
	Reason      string    `json:"reason"`
	Loyalty     *struct{} `json:"loyalty"`
	Sale        Sale      `json:"sale"`
	Cash        Cash      `json:"cash"`
}

// Sale is the share of a sale wallet, at paywall.
type Sale struct {
	Provider          string `json:"provider"`
	ExternalReference string `json:"externalReference"`
	AmountMinor       int64  `json:"amountMinor"`
	RollbackFee       bool   `json:"rollbackFee"`
	RollbackCashback  bool   `json:"rollbackCashback"`
}

// Cash is the share of a payment, at sipay.
type Cash struct {
	Provider      string `json:"provider"`
	TransactionID string `json:"transactionId"`
	AmountMinor   int64  `json:"amountMinor"`
}

func refundOf(number int, saleMinor int64) Request {
	order := os.Getenv("ORDER")
	return Request{
		RefundID:    fmt.Sprintf("rf-%s-%d", order, number),
		OrderID:     fmt.Sprintf("order-%s-%d", order, number),
		Currency:    "TRY",
		RequestedBy: "order-service",
		Reason:      "iade: çürük ürün",
		Sale:        Sale{"paywall", fmt.Sprintf("sale-%s-%d", order, number), saleMinor, true, true},
		Cash:        Cash{"sipay", fmt.Sprintf("pay%s%d", order, number), 2_550},
	}
}

const (
	smallMinor = 10_000
	largeMinor = 60_000
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	count, err := checkVectors(filepath.Join("..", "..", "contract", "request-hash.json"))
	if err != nil {
		return err
	}
	fmt.Printf("request hash: %d vectors agree\n", count)
	temporalClient, err := connect(env("TEMPORAL_ADDRESS", "localhost:7233"))
	if err != nil {
		return err
	}
	defer temporalClient.Close()

	small, large, cut := refundOf(1, smallMinor), refundOf(2, largeMinor), refundOf(4, largeMinor)
	wrong := refundOf(3, smallMinor)
	wrong.Currency = "XYZ"

	starts := func(request Request) func() (string, error) {
		return func() (string, error) { return start(ctx, temporalClient, request) }
	}
	ends := func(request Request) func() (string, error) {
		return func() (string, error) { return endOf(ctx, temporalClient, request.RefundID) }
	}
	approves := func(by string) func() (string, error) {
		return func() (string, error) {
			if err := awaitApproval(ctx, temporalClient, large.RefundID); err != nil {
				return "", err
			}
			return approve(ctx, temporalClient, large.RefundID, by)
		}
	}
	steps := []struct {
		name string
		do   func() (string, error)
	}{
		{"1 small", starts(small)},
		{"1 small, again", starts(small)},
		{"1 small, for 99.00", starts(refundOf(1, 9_900))},
		{"1 small", ends(small)},
		{"2 large", starts(large)},
		{"2 large, approved by its requester", approves("order-service")},
		{"2 large, approved by ana", approves("ana")},
		{"2 large", ends(large)},
		{"3 wrong", starts(wrong)},
		{"3 wrong", ends(wrong)},
		{"4 terminated", starts(cut)},
		{"4 terminated", func() (string, error) {
			// An order service cancels, and never terminates; here it shows what such a run looks like.
			err := temporalClient.TerminateWorkflow(ctx, workflowID(cut.RefundID), "", "shown in an example")
			if err != nil {
				return "", err
			}
			return endOf(ctx, temporalClient, cut.RefundID)
		}},
		{"5 server away", func() (string, error) { return startWhereNobodyAnswers(ctx, refundOf(5, smallMinor)) }},
	}
	for _, step := range steps {
		outcome, err := step.do()
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("%s: %s\n", step.name, outcome)
	}
	return nil
}

func startWhereNobodyAnswers(ctx context.Context, request Request) (string, error) {
	nobody, err := connect("127.0.0.1:1")
	if err != nil {
		return "", err
	}
	defer nobody.Close()
	_, err = start(ctx, nobody, request)
	var unavailable *serviceerror.Unavailable
	var tooLate *serviceerror.DeadlineExceeded
	if errors.As(err, &unavailable) || errors.As(err, &tooLate) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("it may have been started. Start it again, unchanged: %v", err), nil
	}
	return "", fmt.Errorf("it should have failed: %w", err)
}

func checkVectors(file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	var vectors []struct{ Name, JSON, Canonical, SHA256 string }
	if err := json.Unmarshal(text, &vectors); err != nil {
		return 0, err
	}
	for _, vector := range vectors {
		canonical, err := canonicalJSON(json.RawMessage(vector.JSON))
		if err != nil {
			return 0, err
		}
		hash, err := requestHash(json.RawMessage(vector.JSON))
		if err != nil || canonical != vector.Canonical || hash != vector.SHA256 {
			return 0, fmt.Errorf("%s: %s (%s, %w)", vector.Name, canonical, hash, err)
		}
	}
	return len(vectors), nil
}
