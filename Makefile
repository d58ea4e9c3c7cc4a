# certsweep: every target sets the machine up first; where that is done it costs about a second.

.DEFAULT_GOAL := help
.PHONY: help setup setup-test sweep test lint check console doctor

BIN := .venv/bin

help: ## 本说明 / this list
	@echo '用法 / usage: make <目标 target>'
	@grep -E '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  %-9s %s\n", $$1, $$2 }'

setup: ## 安装环境、浏览器和中文字体 / environment, browser, Chinese font
	@sh ./setup.sh

setup-test:
	@sh ./setup.sh --test

sweep: setup ## 对随附的样例网站巡查一遍 / one sweep over the sample web that ships with it
	@$(BIN)/certsweep sweep --sample

lint: setup ## 格式、规则、类型 / format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: setup-test ## 格式、规则、类型和全部测试 / format, lint, types and every test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2

check: test ## 同 test / the same as test

doctor: setup ## 检查本机还缺什么 / what this machine still lacks
	@$(BIN)/certsweep doctor

console: setup ## 启动人工审核台 / the reviewers' desk
	@$(BIN)/certsweep serve
