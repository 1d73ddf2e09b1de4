"""Which of our causes say what was planted: written down before the diagnosis ran on it.

Several are right for one word of the programs where they are one thing: dead units are layers whose
biases no initialisation would have drawn; what is too deep lacks shortcuts, or weights and an
activation for this depth; a training of few steps has few epochs or large batches.
"""

RIGHT: dict[str, set[str]] = {
    "batch_norm_mode": {"mode", "loop_mode", "stale_norm"},
    "batch_size": {"batch_size"},
    "bottleneck": {"width", "narrow_state"},
    "class_weight": {"loss", "balance", "class_weights"},
    "data_order": {"order"},
    "dead_units": {"layers", "module_weights", "initialisation"},
    "detached": {"detached"},
    "dropout": {"dropout"},
    "frozen_layers": {"frozen"},
    "gradient_clipping": {"small_gradient"},
    "gradient_lost": {"no_gradient", "no_step", "other_gradient"},
    "labels": {"labels"},
    "large_initialisation": {"layers", "module_weights", "initialisation"},
    "learning_rate": {"learning_rate"},
    "loss_shape": {"loss", "broadcast"},
    "mask": {"mask"},
    "missing_activation": {"activation"},
    "missing_positions": {"positions"},
    "missing_zero_grad": {"zero_grad"},
    "nan_inputs": {"not_finite_inputs"},
    "nan_loss": {"loss"},
    "optimizer": {"optimizer"},
    "optimizer_parameters": {"forgotten"},
    "output_activation": {"limits", "twice", "unnormed"},
    "saturation": {"layers", "module_weights", "initialisation", "activation"},
    "softmax_before_cross_entropy": {"twice"},
    "symmetric_initialisation": {"layers", "module_weights", "initialisation"},
    "too_deep": {"shortcuts", "initialisation", "activation"},
    "too_few_steps": {"epochs", "batch_size"},
    "unbalanced_data": {"balance"},
    "unnormalised_inputs": {"inputs"},
    "unnormalised_targets": {"targets"},
    "unregistered_layers": {"forgotten", "unregistered"},
    "vanishing_gradients": {"shortcuts", "initialisation", "activation"},
    "weight_decay": {"weight_decay"},
    "wrong_axis": {"axis"},
    "wrong_loss": {"loss"},
    "wrong_step": {"step"},
    "zero_initialisation": {"layers", "module_weights", "initialisation"},
}
