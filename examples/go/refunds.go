package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
)

// State is what an order service reads of a refund; contract/refund-state.schema.json has all of it.
type State struct {
	Status      string `json:"status"`
	RequestHash string `json:"requestHash"`
	Approval    struct {
		Decision string `json:"decision"`
		By       string `json:"by"`
	} `json:"approval"`
	Legs map[string]struct {
		Status string `json:"status"`
	} `json:"legs"`
}

func connect(address string) (client.Client, error) {
	options := client.Options{HostPort: address, Namespace: env("TEMPORAL_NAMESPACE", "default"), Logger: quiet{}}
	// Where the workers have PAYLOAD_KEYS, the codec server holds them for this service.
	if endpoint := os.Getenv("CODEC_ENDPOINT"); endpoint != "" {
		options.DataConverter = converter.NewRemoteDataConverter(
			converter.GetDefaultDataConverter(),
			converter.RemoteDataConverterOptions{
				Endpoint: endpoint,
				ModifyRequest: func(request *http.Request) error {
					request.Header.Set("X-Namespace", options.Namespace)
					request.Header.Set("Authorization", "Bearer "+os.Getenv("CODEC_SERVER_TOKEN"))
					return nil
				},
			},
		)
	}
	return client.NewLazyClient(options)
}

// start starts a refund once: a second start is told, and never attaches to what somebody else asked for.
func start(ctx context.Context, temporalClient client.Client, request Request) (string, error) {
	soon, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := temporalClient.ExecuteWorkflow(soon, client.StartWorkflowOptions{
		ID:                       workflowID(request.RefundID),
		TaskQueue:                env("REFUND_TASK_QUEUE", "refunds"),
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		// Without this, Go attaches to the running or ended refund and says nothing.
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowTaskTimeout:                      5 * time.Second,
	}, "refundOrder", request)
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	switch {
	case err == nil:
		return "started", nil
	case !errors.As(err, &already):
		return "", err
	}
	mine, err := requestHash(request)
	if err != nil {
		return "", err
	}
	theirs, err := hashOf(ctx, temporalClient, request.RefundID)
	if err != nil {
		return "", err
	}
	if mine == theirs {
		return "already started, and it is mine", nil
	}
	return "already started, and it is another's", nil
}

// hashOf is empty for a refund that was refused as invalid. Until it is planned, it has none either: it asks again.
func hashOf(ctx context.Context, temporalClient client.Client, refundID string) (string, error) {
	for {
		answer, err := temporalClient.QueryWorkflow(ctx, workflowID(refundID), "", "getRefund")
		if err != nil {
			return "", err
		}
		var state State
		if err := answer.Get(&state); err != nil {
			return "", err
		}
		if state.RequestHash != "" || state.Status != "planning" {
			return state.RequestHash, nil
		}
		time.Sleep(500 * time.Millisecond)
	}
}

func approve(ctx context.Context, temporalClient client.Client, refundID, by string) (string, error) {
	for {
		update, err := temporalClient.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
			WorkflowID:   workflowID(refundID),
			UpdateName:   "decide",
			Args:         []any{map[string]string{"decision": "approve", "by": by, "note": "seen"}},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		if err != nil {
			return "", err
		}
		var state State
		err = update.Get(ctx, &state)
		var refused *temporal.ApplicationError
		switch {
		case err == nil:
			return state.Approval.Decision + " by " + state.Approval.By, nil
		case !errors.As(err, &refused) || refused.Type() != "DecisionRefused":
			return "", err
		}
		var detail string
		if !refused.HasDetails() || refused.Details(&detail) != nil || detail != "sendAgain" {
			return refused.Message(), nil
		}
	}
}

// endOf waits, for days if need be.
func endOf(ctx context.Context, temporalClient client.Client, refundID string) (string, error) {
	var state State
	err := temporalClient.GetWorkflow(ctx, workflowID(refundID), "").Get(ctx, &state)
	var invalid *temporal.ApplicationError
	var terminated *temporal.TerminatedError
	var canceled *temporal.CanceledError
	var timedOut *temporal.TimeoutError
	switch {
	case err == nil:
		ended := []string{state.Status}
		for _, leg := range []string{"loyalty", "sale", "cash"} {
			if at, found := state.Legs[leg]; found {
				ended = append(ended, leg+" "+at.Status)
			}
		}
		return strings.Join(ended, ", "), nil
	case errors.As(err, &invalid) && invalid.Type() == "InvalidRefundRequest":
		return "invalid. " + invalid.Message(), nil
	case errors.As(err, &terminated):
		return cutOff("terminated"), nil
	case errors.As(err, &canceled):
		return cutOff("cancelled"), nil
	case errors.As(err, &timedOut):
		return cutOff("timed out"), nil
	}
	return "", err
}

func cutOff(how string) string {
	return fmt.Sprintf("cut off (%s). What moved stays moved: tell the operators", how)
}

func awaitApproval(ctx context.Context, temporalClient client.Client, refundID string) error {
	for {
		described, err := temporalClient.DescribeWorkflow(ctx, workflowID(refundID), "")
		if err != nil {
			return err
		}
		status, _ := described.TypedSearchAttributes.GetKeyword(temporal.NewSearchAttributeKeyKeyword("RefundStatus"))
		if status == "awaitingApproval" {
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func workflowID(refundID string) string {
	return "refund:" + refundID
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// quiet keeps the SDK's log lines out of the example's output.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
