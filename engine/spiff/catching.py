"""Elements that wait for an event or throw one: start, end, intermediate and boundary events, receive and
send tasks, and the triggers of event sub-processes.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs import defaults

from engine.spiff.activities import Activity
from engine.spiff.compensation import Compensating
from engine.spiff.gateways import EventBasedGateway
from engine.spiff.nodes import Node
from engine.spiff.tokens import FUTURE, WAITING, Token


class Catching(Node):
    """Waits until its event happens."""

    def _update_hook(self, my_task: Token) -> bool | None:
        self.enter(my_task)
        self.fix_limit(my_task)
        self.event_definition.arm(my_task)
        if self.event_definition.has_fired(my_task):
            return True
        my_task._set_state(WAITING)
        my_task.workflow.top_workflow.event_manager.add_task(my_task)
        return None

    def _on_ready_hook(self, my_task: Token) -> None:
        my_task.workflow.top_workflow.event_manager.remove_task(my_task)
        self.take_over(my_task)
        self.receive(my_task)
        self.tell(my_task, "triggered")

    def take_over(self, token: Token) -> None:
        """Take away what this event ends: at an event-based gateway, the other events."""
        parent = token.parent
        if parent is not None and isinstance(parent.task_spec, EventBasedGateway):
            for sibling in token.siblings():
                sibling.cancel()

    def receive(self, token: Token) -> None:
        """Put what came with the event into the variables, through the output mappings if there are any."""
        self.mappings.settle(token, token.internal_data.pop("payload", {}))

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.top_workflow.event_manager.remove_task(my_task)
        Node._on_cancel(self, my_task)


class IntermediateCatchEvent(Catching, defaults.IntermediateCatchEvent):
    """Waits in the flow."""


class ReceiveTask(Catching, Activity, defaults.ReceiveTask):
    """Waits in the flow like a message catch event, and may have boundary events."""


class StartEvent(Node, defaults.StartEvent):
    """Passes on at once: what starts a process has happened when the instance is made."""

    is_start = True

    def _run_hook(self, my_task: Token) -> bool:
        my_task.workflow.admit_start_variables()
        return True


class BoundaryEvent(Catching, defaults.BoundaryEvent):
    """Waits beside its activity. Interrupting, it takes the activity away at the moment when it happens;
    non-interrupting, it leaves another token of itself waiting for the next time.
    """

    def enter(self, token: Token) -> None:
        """That it waits is not told: only what happens to it is."""

    def _on_cancel(self, my_task: Token) -> None:
        my_task.told = True
        Catching._on_cancel(self, my_task)

    def take_over(self, token: Token) -> None:
        """End the activity, or wait again beside it."""
        if self.cancel_activity:
            for sibling in token.siblings():
                sibling.cancel()
        else:
            self.wait_again(token)

    def wait_again(self, token: Token) -> None:
        """Leave another token waiting, if there is a next time."""
        sibling = Token(token.workflow, self, token.parent, FUTURE)
        if self.event_definition.again(token, sibling):
            sibling._set_state(WAITING)
            token.workflow.top_workflow.event_manager.add_task(sibling)
        else:
            token.workflow.discard(sibling)


class Trigger(BoundaryEvent):
    """The start event of an event sub-process, waiting from the first moment of the scope around it."""

    holds = False

    def take_over(self, token: Token) -> None:
        """End everything else in the scope, or wait again."""
        if self.cancel_activity:
            token.workflow.cancel_others(token)
        else:
            self.wait_again(token)


class Throwing(Node):
    """Throws its event; the throw may take its own token away."""

    def _update_hook(self, my_task: Token) -> bool:
        self.mappings.read_inputs(my_task)
        self.enter(my_task)
        return True

    def _run_hook(self, my_task: Token) -> bool | None:
        if self.event_definition.ends_thrower:
            self.tell(my_task, "completed")
            my_task.told = True
        self.event_definition.throw(my_task)
        return True


class IntermediateThrowEvent(Throwing, defaults.IntermediateThrowEvent):
    """Throws in the flow."""


class EndEvent(Throwing, defaults.EndEvent):
    """Throws and ends its token; its scope is done when no other token is left."""

    def _on_complete_hook(self, my_task: Token) -> None:
        Node._on_complete_hook(self, my_task)


class CompensationThrow(Compensating, defaults.IntermediateThrowEvent):
    """Undoes in the flow."""


class CompensationEnd(Compensating, defaults.EndEvent):
    """Undoes and ends its token."""

    def _on_complete_hook(self, my_task: Token) -> None:
        Node._on_complete_hook(self, my_task)


class SendTask(Throwing, Activity, defaults.SendTask):
    """Throws a message like a message throw event, and may have boundary events."""
